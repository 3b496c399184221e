using Pnet.Frames;
using Pnet.Transports;

namespace Pnet.Services.Commands;

/// <summary>Reads lines from a transport.</summary>
/// <param name="transport">The transport; it stays its owner's.</param>
internal sealed class LineReader(ITransport transport)
{
    /// <summary>Bytes in the longest line: 4 MiB.</summary>
    public const int MaxLine = 4 << 20;

    private byte[] _buffer = new byte[512];
    private int _start;
    private int _searched;
    private int _end;

    /// <summary>Reads the next line without its end, valid until the next call; <see langword="null"/> at the end. What follows the last line's end is a line as well.</summary>
    /// <exception cref="PnetException">It is too long.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (length >= 0)
                return Take(_searched + length, 1);
            _searched = _end;
            MakeRoom();
            var read = await transport.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return _start == _end ? (ReadOnlyMemory<byte>?)null : Take(_end, 0);
            _end += read;
        }
    }

    private ReadOnlyMemory<byte> Take(int end, int terminator)
    {
        var line = _buffer.AsMemory(_start, end - _start);
        _start = _searched = end + terminator;
        return line;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _searched, _end) = (0, _searched - _start, _end - _start);
        }
        if (_end < _buffer.Length)
            return;
        if (_buffer.Length >= MaxLine)
            throw Violation.Of($"commands: a line of more than {MaxLine} bytes");
        Array.Resize(ref _buffer, _buffer.Length * 2);
    }
}
