using Pnet.Addressing;
using Pnet.Crypto;

namespace Pnet.Links;

/// <summary>How a link is to be made and kept.</summary>
public sealed record LinkOptions
{
    /// <summary>This node's key.</summary>
    public required NodeKey Key { get; init; }

    /// <summary>The network's key, where it has one.</summary>
    public NetworkKey? NetworkKey { get; init; }

    /// <summary>What this node says of itself.</summary>
    public Hello Hello { get; init; } = new(null, Capabilities.None, []);

    /// <summary>The key that the other end must prove, or <see langword="null"/> for any.</summary>
    public NodeId? ExpectedId { get; init; }

    /// <summary>How long the handshake may take. The default is 10 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What opening the transport has taken of <see cref="HandshakeTimeout"/> already.</summary>
    internal TimeSpan HandshakeSpent { get; init; }

    /// <summary>
    /// Whether the link leads to a process of the same user, or root, over the control socket: where nobody stands between the two
    /// processes, their records need no encryption.
    /// </summary>
    internal bool Local { get; init; }

    /// <summary>How long the other end may be silent before the link is given up. The default is 20 seconds.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(20);
}
