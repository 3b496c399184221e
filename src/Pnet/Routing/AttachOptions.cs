using Pnet.Addressing;

namespace Pnet.Routing;

/// <summary>How a link comes about.</summary>
public sealed record AttachOptions
{
    /// <summary>The key that the other end must prove.</summary>
    public NodeId? ExpectedId { get; init; }

    /// <summary>Whether the owner of this node named that key, which makes the other node known.</summary>
    public bool Pinned { get; init; }

    /// <summary>Whether this node opened the transport.</summary>
    public bool Outbound { get; init; }

    /// <summary>The router it goes through.</summary>
    public NodeId? Via { get; init; }

    /// <summary>Whether it is closed once nothing has used it for a while: a link made for one path.</summary>
    public bool OnDemand { get; init; }

    /// <summary>Whether the other end is this user's own manager, and no node to route to.</summary>
    public bool Manager { get; init; }

    /// <summary>How long transport and handshake may take; the node's default where <see langword="null"/>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What opening the transport has taken of <see cref="Timeout"/> already.</summary>
    internal TimeSpan Spent { get; init; }
}
