using System.Globalization;
using System.Text;

namespace Pnet.Addressing;

/// <summary>Quotes input in messages: cut to a readable length, and without control characters that a terminal would obey.</summary>
internal static class Quote
{
    private const int MaxShown = 80;

    /// <summary>A text between single quotes.</summary>
    internal static string Text(ReadOnlySpan<char> text)
    {
        var quoted = new StringBuilder("'");
        foreach (var c in text[..Math.Min(text.Length, MaxShown)])
            Append(quoted, c);
        return quoted.Append(text.Length > MaxShown ? "…'" : "'").ToString();
    }

    /// <summary>A character between single quotes.</summary>
    internal static string Char(char c) => Text([c]);

    private static void Append(StringBuilder quoted, char c)
    {
        if (c is >= ' ' and <= '~' || char.IsLetterOrDigit(c))
            quoted.Append(c);
        else
            quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
    }
}
