using System.Globalization;
using System.Text;

namespace Pnet;

/// <summary>Text of other machines, made fit for a terminal: it shows what it would otherwise obey.</summary>
public static class PlainText
{
    /// <summary>Makes one line: spaces for ends of lines and tabs, <c>\u001b</c> and the like for what a terminal acts on.</summary>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int bad = 0;
        while (bad < text.Length && !IsCommand(text[bad]))
            bad++;
        if (bad == text.Length)
            return text;

        var clean = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            if (c is '\n' or '\r' or '\t')
                clean.Append(' ');
            else if (IsCommand(c))
                clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                clean.Append(c);
        }

        return clean.ToString();
    }

    /// <summary>The same line by line: a text of several keeps them.</summary>
    public static string CleanLines(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.Join('\n', text.Split('\n').Select(Clean));
    }

    // Control characters, ends of lines, and those that turn the direction of writing (UAX #9).
    private static bool IsCommand(char c) =>
        char.IsControl(c) || c is '\u061c' or '\u200e' or '\u200f' or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
