using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>What to connect to, and how.</summary>
public sealed record ConnectRequest
{
    /// <summary>A URI (<c>tcp://host:port</c>, <c>unix:///path</c>) or a shell command line whose stdin and stdout carry the link.</summary>
    public required string Transport { get; init; }

    /// <summary>The key the other node must prove; any other closes the link with <c>identity mismatch</c>.</summary>
    public NodeId? ExpectedId { get; init; }

    /// <summary>Whether the link is opened again, with backoff, when it is lost. The default is <see langword="true"/>.</summary>
    public bool Reconnect { get; init; } = true;

    /// <summary>
    /// Whether it goes on trying when the first attempt fails, and the call returns at once. The default is <see langword="false"/>.
    /// </summary>
    public bool Background { get; init; }

    /// <summary>How long the transport and the handshake may take together; the node's default where <see langword="null"/>.</summary>
    public TimeSpan? Timeout { get; init; }
}
