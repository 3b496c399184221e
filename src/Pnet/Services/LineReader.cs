using Pnet.Channels;
using Pnet.Frames;
using Pnet.Transports;

namespace Pnet.Services;

/// <summary>Reads lines from a transport. Room for a long one is there only while it is needed.</summary>
/// <param name="transport">The transport; it stays its owner's.</param>
/// <param name="protocol">What is spoken on it, for the failure that a line is too long: <c>commands</c>.</param>
/// <param name="maxLine">Bytes in the longest line, with the line feed at its end; 512 or more.</param>
/// <param name="held">Counts that room, where it is for another node.</param>
internal sealed class LineReader(ITransport transport, string protocol, int maxLine, Holding? held = null)
{
    private const int FirstRoom = 512;

    private byte[] _buffer = new byte[FirstRoom];
    private int _start;
    private int _searched;
    private int _end;

    /// <summary>Whether more has come than the lines that were read.</summary>
    public bool HasMore => _start < _end;

    /// <summary>Whether the line that was read last has no line feed, because the transport ended within it.</summary>
    public bool IsUnterminated { get; private set; }

    /// <summary>Reads the next line without its line feed, valid until the next call; <see langword="null"/> at the end. What follows the last line feed is a line as well.</summary>
    /// <exception cref="PnetException">It is too long, or the node holds too much for whoever sends it.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            int length = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (length >= 0)
                return Take(_searched + length, 1);
            _searched = _end;
            MakeRoom();
            int read = await transport.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return HasMore ? Take(_end, 0) : (ReadOnlyMemory<byte>?)null;
            _end += read;
        }
    }

    private ReadOnlyMemory<byte> Take(int end, int terminator)
    {
        var line = _buffer.AsMemory(_start, end - _start);
        _start = _searched = end + terminator;
        IsUnterminated = terminator == 0;
        return line;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            // Who has sent one long line may never send another.
            int length = _end - _start < Holding.Free && _buffer.Length > Holding.Free ? Holding.Free : _buffer.Length;
            Move(length);
        }
        if (_end < _buffer.Length)
            return;
        if (_buffer.Length >= maxLine)
            throw Violation.Of($"{protocol}: a line of more than {maxLine} bytes");
        Move(Math.Min(_buffer.Length * 2, maxLine));
    }

    // To the beginning of a buffer of a length: this one, or another.
    private void Move(int length)
    {
        var buffer = _buffer;
        if (length != _buffer.Length)
        {
            held?.Set(length);
            buffer = new byte[length];
        }
        _buffer.AsSpan(_start, _end - _start).CopyTo(buffer);
        (_buffer, _start, _searched, _end) = (buffer, 0, _searched - _start, _end - _start);
    }
}
