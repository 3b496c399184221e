using System.Globalization;
using System.Text;

namespace PnetPS.Graphs.Text;

/// <summary>Writes a graph in Graphviz's language (<c>dot -Tpng</c>, <c>neato -Tsvg</c>).</summary>
internal static class DotWriter
{
    /// <summary>Writes the graph; nodes are <c>n0</c>, <c>n1</c> …, what they are called is in their labels.</summary>
    public static string Write(Graph graph)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"graph {Quote(graph.Title)} {{\n");
        text.Append(CultureInfo.InvariantCulture, $"    graph [label={Quote(graph.Title)}, labelloc=t, layout=neato, overlap=false, splines=true, fontname=\"Helvetica\"];\n");
        text.Append("    node [shape=box, style=\"rounded,filled\", color=\"#3b6fd4\", fillcolor=\"#eef4ff\", fontname=\"Helvetica\", fontsize=12];\n");
        text.Append("    edge [color=\"#64748b\", fontname=\"Helvetica\", fontsize=10];\n");

        var labels = graph.Labels();
        var index = graph.Index();
        foreach (var node in graph.Nodes)
        {
            var style = node.State is GraphNodeState.Silent or GraphNodeState.Stopped ? ", style=\"rounded,dashed\", color=\"#64748b\"" : "";
            text.Append(CultureInfo.InvariantCulture, $"    n{index[node.Key]} [label={NodeLabel(node, labels[node.Key])}, tooltip={Quote(string.Join(' ', Tip(node)))}{style}];\n");
        }

        foreach (var link in graph.Links)
        {
            var style = (link.State, link.Via) switch
            {
                (not GraphLinkState.Up, _) => ", style=dashed, color=\"#c2410c\"",
                (_, not null) => ", style=dotted, color=\"#7c3aed\", constraint=false",
                _ => "",
            };
            text.Append(CultureInfo.InvariantCulture, $"    n{index[link.From]} -- n{index[link.To]} [label={Quote(GraphText.Label(link))}, tooltip={Quote(link.Transport ?? "")}{style}];\n");
        }

        return text.Append("}\n").ToString();
    }

    private static string NodeLabel(GraphNode node, string label)
    {
        var name = Escape(GraphText.Clean(label, GraphText.MaxLabel));
        return node.Services.Count == 0 ? $"\"{name}\"" : $"\"{name}\\n{Escape(string.Join(" · ", node.Services))}\"";
    }

    private static IEnumerable<string> Tip(GraphNode node) => [node.Id ?? "", .. node.Endpoints, node.Note ?? ""];

    private static string Quote(string text) => $"\"{Escape(text)}\"";

    // Beside the quote and the backslash, Graphviz reads entities.
    private static string Escape(string text) => GraphText.Clean(text)
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("&", "&amp;", StringComparison.Ordinal);
}
