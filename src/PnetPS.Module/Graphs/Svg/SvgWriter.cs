using System.Globalization;
using System.Text;
using PnetPS.Graphs.Layout;
using PnetPS.Graphs.Text;

namespace PnetPS.Graphs.Svg;

/// <summary>Draws a graph as one SVG file that needs nothing else: light or dark as the reader's system is, with tips.</summary>
internal static class SvgWriter
{
    private const double Margin = 36;
    private const double Head = 64;
    private const double Narrowest = 420;

    /// <summary>Draws the graph.</summary>
    public static string Write(Graph graph)
    {
        var scene = Scene.Of(graph);
        var subtitle = Subtitle(graph);
        var legend = Legend.Of(graph);
        var frame = scene.Frame;
        var wide = Math.Max(Narrowest, Math.Max(SvgText.Width(graph.Title, 18), Math.Max(SvgText.Width(subtitle, 12.5), legend.Width)));
        var width = Math.Ceiling(Math.Max(frame.Width, wide) + (2 * Margin));
        var top = Margin + Head;
        var height = Math.Ceiling(top + frame.Height + legend.Height + Margin);
        var shift = new Point(((width - frame.Width) / 2) - frame.Left, top - frame.Top);

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{SvgText.Escape(graph.Title)}</title>\n<desc>{SvgText.Escape(Description(graph))}</desc>\n");
        svg.Append("<style>\n").Append(Style.Sheet).Append("\n</style>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"back\" width=\"{width}\" height=\"{height}\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"title\" x=\"{Margin}\" y=\"{Margin + 14}\">{SvgText.Escape(graph.Title)}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"muted\" x=\"{Margin}\" y=\"{Margin + 36}\">{SvgText.Escape(subtitle)}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate({SvgText.Number(shift.X)} {SvgText.Number(shift.Y)})\">\n");
        AppendLinks(svg, scene);
        AppendNodes(svg, scene);
        svg.Append("</g>\n");
        legend.Append(svg, new Point(Margin, top + frame.Height));
        return svg.Append("</svg>\n").ToString();
    }

    private static void AppendLinks(StringBuilder svg, Scene scene)
    {
        var names = scene.Graph.Labels();
        for (var i = 0; i < scene.Graph.Links.Count; i++)
        {
            var (link, curve) = (scene.Graph.Links[i], scene.Curves[i]);
            var path = curve.Bend == 0
                ? $"M{Pair(curve.Start)}L{Pair(curve.End)}"
                : $"M{Pair(curve.Start)}Q{Pair(curve.Control)} {Pair(curve.End)}";
            svg.Append(CultureInfo.InvariantCulture, $"<g class=\"{Kind(link)}\">{Tip(Tips.Of(link, key => names[key]))}<path class=\"reach\" d=\"{path}\"/><path class=\"line\" d=\"{path}\"/>");
            if (scene.Labels[i] is { Box: var box, Text: var text })
            {
                svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"plate\" x=\"{SvgText.Number(box.Left)}\" y=\"{SvgText.Number(box.Top)}\" width=\"{SvgText.Number(box.Width)}\" height=\"{SvgText.Number(box.Height)}\" rx=\"4\"/>");
                svg.Append(CultureInfo.InvariantCulture, $"<text class=\"label\" x=\"{SvgText.Number(box.Centre.X)}\" y=\"{SvgText.Number(box.Centre.Y + 4)}\">{SvgText.Escape(text)}</text>");
            }

            svg.Append("</g>\n");
        }
    }

    private static void AppendNodes(StringBuilder svg, Scene scene)
    {
        var names = scene.Graph.Labels();
        for (var i = 0; i < scene.Cards.Count; i++)
        {
            var (card, box) = (scene.Cards[i], scene.Boxes[i]);
            svg.Append(CultureInfo.InvariantCulture, $"<g class=\"{Kind(card.Node)}\" transform=\"translate({SvgText.Number(box.Left)} {SvgText.Number(box.Top)})\">{Tip(Tips.Of(card.Node, names[card.Node.Key]))}");
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"card\" width=\"{SvgText.Number(box.Width)}\" height=\"{SvgText.Number(box.Height)}\" rx=\"12\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"name\" x=\"{SvgText.Number(box.Width / 2)}\" y=\"{SvgText.Number(card.NameLine)}\">{SvgText.Escape(card.Name)}</text>");
            foreach (var badge in card.Badges)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"badge\" x=\"{SvgText.Number(badge.Left)}\" y=\"{SvgText.Number(Card.BadgeLine)}\" width=\"{SvgText.Number(badge.Width)}\" height=\"{SvgText.Number(Card.BadgeHeight)}\" rx=\"9\"/>");
                svg.Append(CultureInfo.InvariantCulture, $"<text class=\"badge-text\" x=\"{SvgText.Number(badge.Left + (badge.Width / 2))}\" y=\"{SvgText.Number(Card.BadgeLine + 13)}\">{SvgText.Escape(badge.Text)}</text>");
            }

            svg.Append("</g>\n");
        }
    }

    private static string Kind(GraphNode node) => node.State switch
    {
        GraphNodeState.Seen => "node seen",
        GraphNodeState.Silent => "node silent",
        GraphNodeState.Stopped => "node stopped",
        _ => "node",
    };

    private static string Kind(GraphLink link) => (link.State, link.Via) switch
    {
        (not GraphLinkState.Up, _) => "link cut",
        (_, not null) => "link relayed",
        _ => "link",
    };

    private static string Tip(IEnumerable<string> lines) => $"<title>{string.Join('\n', lines.Select(SvgText.Escape))}</title>";

    private static string Pair(Point point) => $"{SvgText.Number(point.X)} {SvgText.Number(point.Y)}";

    private static string Subtitle(Graph graph)
    {
        var direct = graph.Links.Count(link => link.Via is null);
        var relayed = graph.Links.Count - direct;
        var over = direct > 0 && Scene.CommonCarrier(graph) is { } carrier ? $" over {GraphText.Clean(carrier, 24)}" : "";
        return $"{GraphText.Count(graph.Nodes.Count, "node")} · {GraphText.Count(direct, "link")}{over}{(relayed > 0 ? $" · {relayed} relayed" : "")}";
    }

    private static string Description(Graph graph)
    {
        var names = graph.Labels();
        var links = string.Join("; ", graph.Links.Take(100).Select(link => string.Join(", ", Tips.Of(link, key => names[key]).Take(1))));
        return $"{Subtitle(graph)}. {links}";
    }
}
