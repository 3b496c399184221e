using System.Globalization;
using System.Text;
using PnetPS.Graphs.Text;

namespace PnetPS.Graphs.Svg;

/// <summary>Texts and numbers as SVG wants them.</summary>
internal static class SvgText
{
    /// <summary>A text as content or as a quoted attribute; XML has no way to write controls, which <see cref="GraphText.Clean"/> takes out.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var letter in GraphText.Clean(text))
        {
            _ = letter switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                _ => escaped.Append(letter),
            };
        }

        return escaped.ToString();
    }

    /// <summary>A length to a tenth of a pixel: shorter, and the same on every machine.</summary>
    public static string Number(double value)
    {
        var rounded = Math.Round(value, 1, MidpointRounding.AwayFromZero);
        return (rounded == 0 ? 0 : rounded).ToString("0.#", CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// About how wide a text is in a sans-serif font. Which one the viewer has isn't known, so it is measured as a wide one.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="size">The font's size, in pixels.</param>
    public static double Width(string text, double size)
    {
        var width = 0.0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += rune.Value switch
            {
                'i' or 'j' or 'l' or 'I' or '.' or ',' or ':' or ';' or '\'' or '|' or '!' or ' ' or '·' => 0.34,
                'f' or 't' or 'r' or '(' or ')' or '[' or ']' or '/' or '-' or '{' or '}' => 0.44,
                'm' or 'w' or 'M' or 'W' or '@' or '%' or '…' => 0.98,
                >= 'A' and <= 'Z' => 0.74,
                >= 0x1100 => 1.08,
                _ => 0.64,
            };
        }

        return width * size;
    }
}
