using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>What became of one message.</summary>
public sealed record PingReply
{
    /// <summary>The node as it was asked for.</summary>
    public required string Address { get; init; }

    /// <summary>The node's id, once it is known.</summary>
    public NodeId? Id { get; init; }

    /// <summary>Its number, from 1.</summary>
    public required int Sequence { get; init; }

    /// <summary>Bytes in the message.</summary>
    public int Size { get; init; }

    /// <summary>How long it took to come back, or <see langword="null"/> when it did not.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>Why it did not come back.</summary>
    public string? Error { get; init; }
}
