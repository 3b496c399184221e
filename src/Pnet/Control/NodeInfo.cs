using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>Who a node is and how it is doing.</summary>
public sealed record NodeInfo
{
    /// <summary>Its public key.</summary>
    public required NodeId Id { get; init; }

    /// <summary>The name it gives itself, or <see langword="null"/>.</summary>
    public string? Name { get; init; }

    /// <summary>The version of its software.</summary>
    public required string Version { get; init; }

    /// <summary>The manager socket, where it has one.</summary>
    public string? SocketPath { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Whether it routes between other nodes.</summary>
    public bool Relay { get; init; }

    /// <summary>Whether it takes only links of holders of its network key.</summary>
    public bool NetworkKey { get; init; }

    /// <summary>Where it accepts links.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>The number of links that are up.</summary>
    public int Peers { get; init; }

    /// <summary>The number of services offered.</summary>
    public int Services { get; init; }

    /// <summary>The number of channels open on all links, relayed ones included.</summary>
    public int Channels { get; init; }
}
