using System.Text;

namespace PnetPS.Calls;

/// <summary>Makes lines of UTF-8, without their ends: LF, or CR and LF.</summary>
internal sealed class LineDecoder : IDecoder
{
    /// <summary>The characters after which a line without an end is handed on in parts.</summary>
    public const int MaxLine = 1 << 20;

    private const int Piece = 4096;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly char[] _chars = new char[Encoding.UTF8.GetMaxCharCount(Piece)];
    private readonly StringBuilder _line = new();

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<byte> bytes, ICollection<object> items)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, Piece)];
            bytes = bytes[piece.Length..];
            Split(_chars.AsSpan(0, _decoder.GetChars(piece, _chars, flush: false)), items);
        }
    }

    /// <inheritdoc/>
    public void Finish(ICollection<object> items)
    {
        Split(_chars.AsSpan(0, _decoder.GetChars([], _chars, flush: true)), items);
        if (_line.Length > 0)
            items.Add(Take());
    }

    private void Split(ReadOnlySpan<char> text, ICollection<object> items)
    {
        for (var end = text.IndexOf('\n'); end >= 0; end = text.IndexOf('\n'))
        {
            _line.Append(text[..end]);
            items.Add(Take());
            text = text[(end + 1)..];
        }

        _line.Append(text);
        if (_line.Length >= MaxLine)
            items.Add(Take());
    }

    private string Take()
    {
        if (_line.Length > 0 && _line[^1] == '\r')
            _line.Length--;
        var text = _line.ToString();
        _line.Clear();
        return text;
    }
}
