namespace PnetPS.Recipes;

/// <summary>A shape for a number of nodes, as pure arithmetic: nodes are numbers from 0, links are pairs of them.</summary>
/// <param name="Type">The shape.</param>
/// <param name="Count">How many nodes it has, at least 1.</param>
internal sealed record Topology(R2TopologyType Type, int Count)
{
    /// <summary>The children of each node of a tree, at least 1.</summary>
    public int Branching { get; init; } = 2;

    /// <summary>The links of each node of a random graph; see <see cref="RegularGraph.Explain"/>.</summary>
    public int Degree { get; init; } = RegularGraph.DefaultDegree;

    /// <summary>What chance starts from: the same seed makes the same graph.</summary>
    public int Seed { get; init; }

    /// <summary>The links, each once and the lower number first, except that a ring's last one leads from the last node to the first.</summary>
    public IReadOnlyList<(int From, int To)> Links() => Type switch
    {
        R2TopologyType.Line => [.. Line()],
        // Two nodes have one link to each other, and one node none to itself.
        R2TopologyType.Ring => Count < 3 ? [.. Line()] : [.. Line(), (Count - 1, 0)],
        R2TopologyType.Star => [.. Enumerable.Range(1, Math.Max(0, Count - 1)).Select(leaf => (0, leaf))],
        R2TopologyType.Mesh => [.. from low in Enumerable.Range(0, Count) from high in Enumerable.Range(low + 1, Count - low - 1) select (low, high)],
        R2TopologyType.Tree => [.. Enumerable.Range(1, Math.Max(0, Count - 1)).Select(child => ((child - 1) / Branching, child))],
        _ => RegularGraph.Create(Count, Degree, Seed),
    };

    /// <summary>How many links it has, before they are made.</summary>
    public long LinkCount => Type switch
    {
        R2TopologyType.Mesh => (long)Count * (Count - 1) / 2,
        R2TopologyType.Random => (long)Count * Degree / 2,
        R2TopologyType.Ring when Count > 2 => Count,
        _ => Count - 1,
    };

    private IEnumerable<(int From, int To)> Line() => Enumerable.Range(1, Math.Max(0, Count - 1)).Select(next => (next - 1, next));
}
