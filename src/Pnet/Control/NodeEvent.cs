using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>Something that happened at a node.</summary>
public sealed record NodeEvent
{
    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What: <c>link.up</c>, <c>link.down</c>, <c>link.failed</c>, <c>channel.refused</c>, <c>tunnel.ended</c> …: see <c>docs/architecture.md</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>One line for a person.</summary>
    public required string Message { get; init; }

    /// <summary>Whether somebody should look at it.</summary>
    public bool Warning { get; init; }

    /// <summary>The other node, where there is one.</summary>
    public NodeId? Peer { get; init; }
}
