using PnetPS.Graphs.Text;

namespace PnetPS.Graphs;

/// <summary>Nodes and the links between them, as they were when somebody looked: what every picture is drawn from.</summary>
internal sealed record Graph
{
    /// <summary>What is shown, for people.</summary>
    public required string Title { get; init; }

    /// <summary>The nodes; no two have the same <see cref="GraphNode.Key"/>.</summary>
    public required IReadOnlyList<GraphNode> Nodes { get; init; }

    /// <summary>The links, each once, whichever of its ends told of it.</summary>
    public required IReadOnlyList<GraphLink> Links { get; init; }

    /// <summary>The place of each node in <see cref="Nodes"/> by its key.</summary>
    public IReadOnlyDictionary<string, int> Index() =>
        Nodes.Select((node, place) => (node.Key, place)).ToDictionary(pair => pair.Key, pair => pair.place, StringComparer.Ordinal);

    /// <summary>What people call each node: its name, and the start of its id with it where two have the same name.</summary>
    public IReadOnlyDictionary<string, string> Labels()
    {
        var shared = Nodes.GroupBy(node => node.Name ?? "", StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet(StringComparer.Ordinal);
        return Nodes.ToDictionary(
            node => node.Key,
            node => node switch
            {
                { Name: null, Id: { } id } => Short(id),
                { Name: null } => node.Key,
                { Name: { } name, Id: { } id } when shared.Contains(name) => $"{name} {Short(id)}",
                { Name: { } name } => name,
            },
            StringComparer.Ordinal);
    }

    /// <summary>How much there is of what.</summary>
    public override string ToString() => $"{Title}: {GraphText.Count(Nodes.Count, "node")}, {GraphText.Count(Links.Count, "link")}";

    private static string Short(string id) => id.Length > 8 ? $"{id[..8]}…" : id;
}
