using System.Buffers;
using System.Text;

namespace Pnet.Cli.Output;

/// <summary>Makes whole lines of bytes that come in pieces, each behind a prefix.</summary>
/// <param name="prefix">What stands before each line.</param>
/// <param name="clean">Whether control characters are shown instead of passed on.</param>
internal sealed class PrefixedLines(string prefix, bool clean)
{
    /// <summary>The bytes after which a line without an end is passed on in parts.</summary>
    public const int MaxLine = 64 * 1024;

    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(prefix);
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly ArrayBufferWriter<byte> _ready = new();

    /// <summary>The lines that are whole.</summary>
    public ReadOnlyMemory<byte> Ready => _ready.WrittenMemory;

    /// <summary>Takes some bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            part = part[..Math.Min(part.Length, MaxLine - _line.WrittenCount)];
            _line.Write(part);
            bytes = bytes[part.Length..];
            bool ended = bytes is [(byte)'\n', ..];
            if (ended)
                bytes = bytes[1..];
            if (ended || _line.WrittenCount == MaxLine)
                Take();
        }
    }

    /// <summary>Ends the last line.</summary>
    public void Finish()
    {
        if (_line.WrittenCount > 0)
            Take();
    }

    /// <summary>Forgets the lines that were whole.</summary>
    public void Clear() => _ready.ResetWrittenCount();

    private void Take()
    {
        _ready.Write(_prefix);
        if (clean)
            Encoding.UTF8.GetBytes(Terminal.Clean(Encoding.UTF8.GetString(_line.WrittenSpan)), _ready);
        else
            _ready.Write(_line.WrittenSpan);
        _ready.Write("\n"u8);
        _line.ResetWrittenCount();
    }
}
