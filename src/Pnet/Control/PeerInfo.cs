using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>A link to another node.</summary>
public sealed record PeerInfo
{
    /// <summary>The link's number at this node, from 1, never used twice.</summary>
    public required int Link { get; init; }

    /// <summary>The other node's public key, or <see langword="null"/> before it is authenticated.</summary>
    public NodeId? Id { get; init; }

    /// <summary>The name the other node gives itself, or <see langword="null"/>.</summary>
    public string? Name { get; init; }

    /// <summary>How far the link has got.</summary>
    public LinkState State { get; init; }

    /// <summary>What carries it: a URI, a command line, or <c>via ID</c> for one through a router. A far node is told only the last.</summary>
    public required string Transport { get; init; }

    /// <summary>Whether this node opened it (and not the other one).</summary>
    public bool Outbound { get; init; }

    /// <summary>The router it goes through, for a link to a far node.</summary>
    public NodeId? Via { get; init; }

    /// <summary>Whether the other node is known here and may use services.</summary>
    public bool Known { get; init; }

    /// <summary>The last measured round trip, or <see langword="null"/> before the first.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>When the other node was authenticated.</summary>
    public DateTimeOffset? ConnectedAt { get; init; }

    /// <summary>Bytes received from the transport.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Bytes given to the transport.</summary>
    public long BytesSent { get; init; }

    /// <summary>Channels open on the link.</summary>
    public int Channels { get; init; }

    /// <summary>Endpoints the other node says it listens on.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>Why the last attempt failed, while it is tried again.</summary>
    public string? Error { get; init; }

    /// <summary>The name, or else the id.</summary>
    public override string ToString() => Name ?? Id?.ToString() ?? Transport;
}
