using System.Globalization;
using System.Text;
using PnetPS.Graphs.Layout;

namespace PnetPS.Graphs.Svg;

/// <summary>Says below a picture what its lines and outlines mean, for those that are in it; plain ones need no words.</summary>
internal sealed class Legend
{
    private const double Row = 46;
    private const double Sample = 30;
    private const double Gap = 26;

    private readonly List<(string Class, bool IsLine, string Text)> _entries;

    private Legend(List<(string Class, bool IsLine, string Text)> entries) => _entries = entries;

    public double Height => _entries.Count == 0 ? 0 : Row;

    public double Width => _entries.Sum(Advance);

    public static Legend Of(Graph graph)
    {
        List<(string Class, bool IsLine, string Text, bool IsThere)> all =
        [
            ("link relayed", true, "relayed through a router", graph.Links.Any(link => link.Via is not null && link.State == GraphLinkState.Up)),
            ("link cut", true, "suspended or down", graph.Links.Any(link => link.State != GraphLinkState.Up)),
            ("node seen", false, "known from its peers", graph.Nodes.Any(node => node.State == GraphNodeState.Seen)),
            ("node silent", false, "told nothing", graph.Nodes.Any(node => node.State == GraphNodeState.Silent)),
            ("node stopped", false, "stopped", graph.Nodes.Any(node => node.State == GraphNodeState.Stopped)),
        ];
        return new Legend([.. all.Where(entry => entry.IsThere).Select(entry => (entry.Class, entry.IsLine, entry.Text))]);
    }

    public void Append(StringBuilder svg, Point place)
    {
        var (x, y) = (place.X, place.Y + Row - 10);
        foreach (var entry in _entries)
        {
            var (left, line) = (SvgText.Number(x), SvgText.Number(y));
            var sample = entry.IsLine
                ? $"<path class=\"line\" d=\"M{left} {line}h{Sample}\"/>"
                : $"<rect class=\"card\" x=\"{left}\" y=\"{SvgText.Number(y - 8)}\" width=\"{Sample}\" height=\"16\" rx=\"6\"/>";
            svg.Append(CultureInfo.InvariantCulture, $"<g class=\"{entry.Class}\">{sample}</g>");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"muted\" x=\"{SvgText.Number(x + Sample + 8)}\" y=\"{SvgText.Number(y + 4.5)}\">{SvgText.Escape(entry.Text)}</text>\n");
            x += Advance(entry);
        }
    }

    private static double Advance((string Class, bool IsLine, string Text) entry) => Sample + 8 + SvgText.Width(entry.Text, 12.5) + Gap;
}
