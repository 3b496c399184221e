using System.Text;

namespace Pnet.Transports;

/// <summary>Keeps the end of what a command says on its standard error, and hands it on by line.</summary>
internal sealed class StandardErrorTail(Action<string>? onLine)
{
    private const int Capacity = 4096;
    private const int LineLimit = 300;

    private readonly Lock _gate = new();
    private readonly byte[] _tail = new byte[Capacity];
    private readonly List<byte> _line = [];
    private int _length;

    /// <summary>The last line that isn't blank, fit to be shown: at most 300 characters, none of them a control character.</summary>
    public string? LastLine
    {
        get
        {
            string text;
            lock (_gate)
                text = Encoding.UTF8.GetString(_tail, 0, _length);
            return text.Split('\n').Select(Clean).LastOrDefault(l => l.Length > 0);
        }
    }

    /// <summary>Takes what was read.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            ReadOnlySpan<byte> last = bytes.Length > Capacity ? bytes[^Capacity..] : bytes;
            int keep = Math.Min(_length, Capacity - last.Length);
            _tail.AsSpan(_length - keep, keep).CopyTo(_tail);
            last.CopyTo(_tail.AsSpan(keep));
            _length = keep + last.Length;
        }

        if (onLine is not null)
            AppendLines(bytes);
    }

    /// <summary>Hands on a last line that had no end.</summary>
    public void Finish()
    {
        if (_line.Count > 0)
            FlushLine();
    }

    private void AppendLines(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            if (b == '\n' || _line.Count == Capacity)
                FlushLine();
            if (b != '\n')
                _line.Add(b);
        }
    }

    private void FlushLine()
    {
        string line = Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_line)).TrimEnd('\r');
        _line.Clear();
        onLine?.Invoke(line);
    }

    private static string Clean(string line)
    {
        string clean = string.Create(line.Length, line, static (to, from) =>
        {
            for (int i = 0; i < to.Length; i++)
                to[i] = char.IsControl(from[i]) ? ' ' : from[i];
        }).Trim();
        return clean.Length <= LineLimit ? clean : clean[..LineLimit];
    }
}
