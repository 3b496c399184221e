namespace PnetPS.Graphs.Layout;

/// <summary>What there is to arrange: boxes by their sizes, and which of them are joined.</summary>
internal sealed class Sketch
{
    private readonly List<int>[] _neighbours;

    /// <param name="sizes">The boxes.</param>
    /// <param name="edges">What joins them; loops and repetitions are dropped.</param>
    public Sketch(IReadOnlyList<Size> sizes, IEnumerable<(int A, int B)> edges)
    {
        Sizes = sizes;
        Edges = [.. edges.Where(edge => edge.A != edge.B).Select(edge => edge.A < edge.B ? edge : (edge.B, edge.A)).Distinct()];
        _neighbours = [.. sizes.Select(_ => new List<int>())];
        foreach (var (a, b) in Edges)
        {
            _neighbours[a].Add(b);
            _neighbours[b].Add(a);
        }

        foreach (var neighbours in _neighbours)
            neighbours.Sort();
    }

    public IReadOnlyList<Size> Sizes { get; }

    public IReadOnlyList<(int A, int B)> Edges { get; }

    public int Count => Sizes.Count;

    /// <summary>The widest and the highest that any box is.</summary>
    public Size Largest => new(Sizes.Max(size => size.Width), Sizes.Max(size => size.Height));

    /// <summary>What a box is joined with, in order.</summary>
    public IReadOnlyList<int> Neighbours(int node) => _neighbours[node];

    public int Degree(int node) => _neighbours[node].Count;

    /// <summary>How many edges every box is away from one, and by which box it was come to; -1 where there is no way.</summary>
    public (int[] Distance, int[] Before) From(int start)
    {
        var distance = Enumerable.Repeat(-1, Count).ToArray();
        var before = Enumerable.Repeat(-1, Count).ToArray();
        var queue = new Queue<int>([start]);
        distance[start] = 0;
        while (queue.TryDequeue(out var node))
        {
            foreach (var next in _neighbours[node].Where(next => distance[next] < 0))
            {
                distance[next] = distance[node] + 1;
                before[next] = node;
                queue.Enqueue(next);
            }
        }

        return (distance, before);
    }

    /// <summary>The parts that hang together, each in order.</summary>
    public IEnumerable<IReadOnlyList<int>> Parts()
    {
        var seen = new bool[Count];
        for (var start = 0; start < Count; start++)
        {
            if (seen[start])
                continue;
            var distance = From(start).Distance;
            var part = Enumerable.Range(0, Count).Where(node => distance[node] >= 0).ToList();
            part.ForEach(node => seen[node] = true);
            yield return part;
        }
    }

    /// <summary>A part alone; its boxes are numbered by their places in the list.</summary>
    public Sketch Only(IReadOnlyList<int> part)
    {
        var place = part.Select((node, at) => (node, at)).ToDictionary(pair => pair.node, pair => pair.at);
        return new Sketch(
            [.. part.Select(node => Sizes[node])],
            Edges.Where(edge => place.ContainsKey(edge.A) && place.ContainsKey(edge.B)).Select(edge => (place[edge.A], place[edge.B])));
    }
}
