using Pnet.Control;

namespace PnetPS;

/// <summary>What became of one message that <c>Test-R2Peer</c> sent.</summary>
public sealed class R2Reply
{
    private readonly PingReply _reply;

    internal R2Reply(R2Node node, PingReply reply)
    {
        Node = node;
        _reply = reply;
    }

    /// <summary>The node that sent it.</summary>
    public R2Node Node { get; }

    /// <summary>The node it was sent to, as it was asked for.</summary>
    public string Address => _reply.Address;

    /// <summary>The id of the node it was sent to, once that is known.</summary>
    public string? Id => _reply.Id?.ToString();

    /// <summary>Its number, from 1.</summary>
    public int Sequence => _reply.Sequence;

    /// <summary>Bytes in the message.</summary>
    public int Size => _reply.Size;

    /// <summary>How long it took to come back; <see cref="R2Duration.Never"/> when it did not.</summary>
    public R2Duration RoundTrip => _reply.RoundTrip ?? R2Duration.Never;

    /// <summary>Whether it came back.</summary>
    public bool Success => _reply.RoundTrip is not null;

    /// <summary>Why it did not come back.</summary>
    public string? Error => _reply.Error;

    /// <summary>The address and the round trip, or why there is none.</summary>
    public override string ToString() => Success ? $"{Address} {RoundTrip}" : $"{Address} {Error}";
}
