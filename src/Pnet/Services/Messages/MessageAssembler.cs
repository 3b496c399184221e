using System.Buffers;
using Pnet.Frames;

namespace Pnet.Services.Messages;

/// <summary>Puts messages together from bytes as they come, so that one longer than the channel's window needs no room there.</summary>
/// <param name="longest">The longest body.</param>
/// <param name="admit">
/// Is asked at each header whether the body is wanted; of one that isn't the bytes are skipped, and with <see langword="null"/> for an answer it is
/// asked again the next time. Without it all are wanted.
/// </param>
internal sealed class MessageAssembler(int longest, Func<MessageKind, int, bool?>? admit = null)
{
    private byte[]? _body;
    private int _length;
    private int _have;
    private bool _inBody;

    /// <summary>The kind of the message that <see cref="TryRead"/> completed; 0 is <see cref="MessageWire.NoMore"/>.</summary>
    public MessageKind Kind { get; private set; }

    /// <summary>Its body, or <see langword="null"/> where it wasn't wanted.</summary>
    public byte[]? Body { get; private set; }

    /// <summary>Whether part of a message has come.</summary>
    public bool IsWithin => _inBody;

    /// <summary>Bytes in the body of the message that has begun last.</summary>
    public int Length => _length;

    /// <summary>Goes on with the current message.</summary>
    /// <param name="input">What has come; what is used is cut off.</param>
    /// <returns>Whether the message is whole.</returns>
    /// <exception cref="PnetException">These bytes are no message.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> input)
    {
        if (!_inBody && !TryReadHeader(ref input))
            return false;
        var part = input.Slice(0, Math.Min(_length - _have, input.Length));
        if (_body is not null)
            part.CopyTo(_body.AsSpan(_have));
        _have += (int)part.Length;
        input = input.Slice(part.End);
        if (_have < _length)
            return false;
        (Body, _body, _inBody) = (_body, null, false);
        return true;
    }

    private bool TryReadHeader(ref ReadOnlySequence<byte> input)
    {
        var reader = new SequenceReader<byte>(input);
        if (!reader.TryRead(out var kind) || !reader.TryReadBigEndian(out int length))
            return false;
        if (kind > (byte)MessageKind.Clixml || length < 0 || length > longest || (kind == MessageWire.NoMore && (admit is not null || length > 0)))
            throw Violation.Of($"messages: kind {kind}, {(uint)length} bytes");
        var wanted = admit is null ? true : admit((MessageKind)kind, length);
        if (wanted is null)
            return false;
        input = reader.UnreadSequence;
        (Kind, _length, _have, _inBody) = ((MessageKind)kind, length, 0, true);
        _body = wanted.Value ? length == 0 ? [] : GC.AllocateUninitializedArray<byte>(length) : null;
        return true;
    }
}
