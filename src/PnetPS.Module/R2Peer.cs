using Pnet.Addressing;
using Pnet.Control;

namespace PnetPS;

/// <summary>A link to another node, as it was when it was asked for.</summary>
public sealed class R2Peer
{
    private readonly PeerInfo _info;

    internal R2Peer(R2Node node, PeerInfo info, AddressPath? target = null)
    {
        Node = node;
        _info = info;
        Target = target is null || target.Depth == 0 ? null : target.ToString();
    }

    /// <summary>The name the other node gives itself, or <see langword="null"/>.</summary>
    public string? Name => _info.Name;

    /// <summary>The other node's public key in Base58, or <see langword="null"/> before it is authenticated.</summary>
    public string? Id => _info.Id?.ToString();

    /// <summary>How far the link has got.</summary>
    public LinkState State => _info.State;

    /// <summary>The last measured round trip; <see cref="R2Duration.Never"/> before the first.</summary>
    public R2Duration RoundTrip => _info.RoundTrip ?? R2Duration.Never;

    /// <summary>What carries the link: a URI, a command line, a script block, or <c>via ID</c>.</summary>
    public string Transport => Node.Explain(_info.Transport);

    /// <summary>The address of the other node as seen from <see cref="Node"/>, or <see langword="null"/> before it is authenticated.</summary>
    public string? Address => (Id, Target) switch
    {
        (null, _) => null,
        (_, null) => Id,
        _ => $"{Target}/{Id}",
    };

    /// <summary>The node that was asked.</summary>
    public R2Node Node { get; }

    /// <summary>The far node whose link this is, as a path from <see cref="Node"/>; <see langword="null"/> where it is <see cref="Node"/>'s own.</summary>
    public string? Target { get; }

    /// <summary>The link's number at its node.</summary>
    public int Link => _info.Link;

    /// <summary>Whether this node opened it.</summary>
    public bool Outbound => _info.Outbound;

    /// <summary>The router it goes through, for a link to a far node.</summary>
    public string? Via => _info.Via?.ToString();

    /// <summary>Whether the other node may use services here.</summary>
    public bool Known => _info.Known;

    /// <summary>When the other node was authenticated, local time.</summary>
    public DateTime? ConnectedAt => _info.ConnectedAt?.LocalDateTime;

    /// <summary>Bytes received from the transport.</summary>
    public long BytesReceived => _info.BytesReceived;

    /// <summary>Bytes given to the transport.</summary>
    public long BytesSent => _info.BytesSent;

    /// <summary>Channels open on the link.</summary>
    public int Channels => _info.Channels;

    /// <summary>Endpoints the other node says it listens on.</summary>
    public string[] Endpoints => [.. _info.Endpoints];

    /// <summary>Why the last attempt failed, while it is tried again.</summary>
    public string? Error => _info.Error is { } why ? Node.Explain(why) : null;

    /// <summary>The name, or else the id.</summary>
    public override string ToString() => _info.ToString();
}
