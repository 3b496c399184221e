using System.Globalization;
using System.Text;

namespace PnetPS.Graphs.Text;

/// <summary>Writes a graph as a Mermaid flowchart, as Markdown pages of code hosts show it.</summary>
internal static class MermaidWriter
{
    /// <summary>Writes the graph; nodes are <c>n0</c>, <c>n1</c> …, so that no name can be taken for a keyword.</summary>
    public static string Write(Graph graph)
    {
        var text = new StringBuilder();
        text.Append("---\ntitle: \"").Append(Escape(graph.Title)).Append("\"\n---\nflowchart LR\n");

        var labels = graph.Labels();
        var index = graph.Index();
        foreach (var node in graph.Nodes)
            text.Append(CultureInfo.InvariantCulture, $"    n{index[node.Key]}([\"{NodeLabel(node, labels[node.Key])}\"])\n");

        var cut = new List<int>();
        for (var i = 0; i < graph.Links.Count; i++)
        {
            var link = graph.Links[i];
            var label = GraphText.Label(link);
            var line = link.State != GraphLinkState.Up || link.Via is not null ? "-.-" : "---";
            text.Append(CultureInfo.InvariantCulture, $"    n{index[link.From]} {line}{(label.Length == 0 ? "" : $"|\"{Escape(label)}\"|")} n{index[link.To]}\n");
            if (link.State != GraphLinkState.Up)
                cut.Add(i);
        }

        AppendClass(text, graph, GraphNodeState.Silent, "silent", "stroke-dasharray:5 4");
        AppendClass(text, graph, GraphNodeState.Stopped, "stopped", "stroke-dasharray:2 3,opacity:0.6");
        if (cut.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"    linkStyle {string.Join(',', cut)} stroke:#c2410c\n");
        return text.ToString();
    }

    private static string NodeLabel(GraphNode node, string label)
    {
        var name = Escape(GraphText.Clean(label, GraphText.MaxLabel));
        return node.Services.Count == 0 ? name : $"{name}<br>{Escape(string.Join(" · ", node.Services))}";
    }

    private static void AppendClass(StringBuilder text, Graph graph, GraphNodeState state, string name, string style)
    {
        var nodes = graph.Nodes.Select((node, place) => (node, place)).Where(pair => pair.node.State == state).Select(pair => $"n{pair.place}").ToList();
        if (nodes.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"    classDef {name} {style}\n    class {string.Join(',', nodes)} {name}\n");
    }

    /// <summary>Mermaid has no quoting: every character that could mean something is written as its number, <c>#34;</c>.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var rune in GraphText.Clean(text).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || rune.Value is ' ' or '.' or ',' or ':' or '/' or '_' or '-' or '·' or '…')
                escaped.Append(rune.ToString());
            else
                escaped.Append(CultureInfo.InvariantCulture, $"#{rune.Value};");
        }

        return escaped.ToString();
    }
}
