using Pnet;
using PnetPS.Graphs.Svg;
using PnetPS.Graphs.Text;

namespace PnetPS.Graphs;

/// <summary>Writes graphs, and knows the formats by their files' extensions.</summary>
internal static class GraphWriter
{
    /// <summary>Nodes that a picture has at most: more can't be read, and take long to arrange.</summary>
    public const int MostDrawn = 500;

    private static readonly Dictionary<string, GraphFormat> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        [".mmd"] = GraphFormat.Mermaid,
        [".mermaid"] = GraphFormat.Mermaid,
        [".dot"] = GraphFormat.Dot,
        [".gv"] = GraphFormat.Dot,
        [".json"] = GraphFormat.Json,
        [".svg"] = GraphFormat.Svg,
    };

    /// <summary>Writes a graph; the text ends with a line end.</summary>
    /// <exception cref="PnetException"><see cref="PnetError.LimitReached"/>: a picture would have more than <see cref="MostDrawn"/> nodes.</exception>
    public static string Write(Graph graph, GraphFormat format) => format switch
    {
        GraphFormat.Mermaid => MermaidWriter.Write(graph),
        GraphFormat.Dot => DotWriter.Write(graph),
        GraphFormat.Json => GraphJson.Write(graph),
        _ when graph.Nodes.Count > MostDrawn => throw new PnetException(
            PnetError.LimitReached, $"{graph.Nodes.Count} nodes are too many for a picture, which has {MostDrawn} at most", "Take -Format Dot or Json, or fewer nodes."),
        _ => SvgWriter.Write(graph),
    };

    /// <summary>The format that a file's extension stands for.</summary>
    /// <exception cref="PnetException"><see cref="PnetError.Usage"/>: it stands for none.</exception>
    public static GraphFormat FormatOf(string path) => Extensions.TryGetValue(Path.GetExtension(path), out var format)
        ? format
        : throw new PnetException(PnetError.Usage, $"the format of {path} is not told by its extension", $"Give -Format, or one of the extensions {string.Join(", ", Extensions.Keys)}.");
}
