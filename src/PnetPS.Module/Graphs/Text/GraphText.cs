using System.Globalization;
using System.Text;

namespace PnetPS.Graphs.Text;

/// <summary>What all formats do with texts from far nodes before they escape them, and how they say things.</summary>
internal static class GraphText
{
    /// <summary>Characters of a label in a picture, at most.</summary>
    public const int MaxLabel = 28;

    /// <summary>Characters of any one text, at most: a command line may be long.</summary>
    public const int MaxText = 240;

    /// <summary>
    /// One line without what would not be seen or would turn the text around it: controls, bidirectional marks, lone
    /// surrogates; no longer than is asked for.
    /// </summary>
    public static string Clean(string text, int max = MaxText)
    {
        var clean = new StringBuilder(Math.Min(text.Length, max));
        var count = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (count++ == max)
                return clean.Append('…').ToString();
            clean.Append(IsSafe(rune) ? rune.ToString() : Rune.IsWhiteSpace(rune) ? " " : "\ufffd");
        }

        return clean.ToString();
    }

    /// <summary>A round trip as people write it: <c>0.04 ms</c>, <c>0.3 ms</c>, <c>12 ms</c>, <c>1.2 s</c>.</summary>
    public static string RoundTrip(TimeSpan time) => time.TotalMilliseconds switch
    {
        < 0.1 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.00} ms"),
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms"),
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
    };

    /// <summary>What is written beside a link where there is room, such as <c>unix 0.3 ms</c>; may be empty.</summary>
    public static string Label(GraphLink link) => string.Join(
        ' ',
        new[] { link.Carrier, link.RoundTrip is { } time ? RoundTrip(time) : null, Word(link.State) }.OfType<string>());

    /// <summary>What is worth saying of a link's state.</summary>
    public static string? Word(GraphLinkState state) => state switch
    {
        GraphLinkState.Down => "down",
        GraphLinkState.Suspended => "suspended",
        _ => null,
    };

    /// <summary>What is worth saying of a node's state.</summary>
    public static string? Word(GraphNodeState state) => state switch
    {
        GraphNodeState.Silent => "told nothing",
        GraphNodeState.Stopped => "stopped",
        _ => null,
    };

    /// <summary>A number of things: <c>1 node</c>, <c>20 links</c>.</summary>
    public static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static bool IsSafe(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
