namespace PnetPS.Recipes;

/// <summary>Connected graphs in which each node has the same number of links.</summary>
/// <remarks>
/// It begins with a ring whose nodes are linked to their nearest ones as well, and then exchanges the ends of pairs of
/// links, which changes no node's number of links. An exchange that would cut the graph in two is taken back.
/// </remarks>
internal static class RegularGraph
{
    /// <summary>The degree that is meant where none is given.</summary>
    public const int DefaultDegree = 4;

    private const int ExchangesPerLink = 4;

    /// <summary>Tells why there is no such graph, or <see langword="null"/> where there is one.</summary>
    public static string? Explain(int count, int degree)
    {
        if (degree >= count)
            return $"{count} nodes can have {count - 1} links each at most, not {degree}";
        if (degree < 2 && count > 2)
            return $"{count} nodes with {degree} link each are not connected: it takes 2";
        return (long)count * degree % 2 == 0
            ? null
            : $"{count} nodes can't have {degree} links each: one of the two numbers must be even";
    }

    /// <summary>Makes one.</summary>
    /// <param name="count">The nodes.</param>
    /// <param name="degree">The links of each; <see cref="Explain"/> finds nothing wrong with it.</param>
    /// <param name="seed">The same seed makes the same graph.</param>
    /// <returns>The links in order, the lower number first.</returns>
    public static IReadOnlyList<(int From, int To)> Create(int count, int degree, int seed)
    {
        if (count < 2)
            return [];
        var links = Lattice(count, degree);
        // With a seed, System.Random keeps to its algorithm from version to version.
        var random = new Random(seed);
        var neighbours = Neighbours(count, links);
        for (var i = 0; i < links.Count * ExchangesPerLink; i++)
            TryExchange(links, neighbours, random);
        return [.. links.Select(link => link.From < link.To ? link : (link.To, link.From)).Order()];
    }

    private static List<(int From, int To)> Lattice(int count, int degree)
    {
        var links = new List<(int, int)>();
        for (var node = 0; node < count; node++)
        {
            for (var step = 1; step <= degree / 2; step++)
                links.Add((node, (node + step) % count));
            if (degree % 2 == 1 && node < count / 2)
                links.Add((node, node + (count / 2)));
        }

        return links;
    }

    private static HashSet<int>[] Neighbours(int count, List<(int From, int To)> links)
    {
        var neighbours = Enumerable.Range(0, count).Select(_ => new HashSet<int>()).ToArray();
        foreach (var (from, to) in links)
            Join(neighbours, from, to);
        return neighbours;
    }

    private static void TryExchange(List<(int From, int To)> links, HashSet<int>[] neighbours, Random random)
    {
        var (first, second) = (random.Next(links.Count), random.Next(links.Count));
        var (a, b) = links[first];
        var (c, d) = random.Next(2) == 0 ? links[second] : (links[second].To, links[second].From);
        if (a == c || a == d || b == c || b == d || neighbours[a].Contains(d) || neighbours[c].Contains(b))
            return;

        Exchange(a, b, c, d);
        // Whatever hung together before still hangs on one of the four ends, and these on a or on b.
        if (Reaches(neighbours, a, b))
            (links[first], links[second]) = ((a, d), (c, b));
        else
            Exchange(a, d, c, b);

        void Exchange(int from1, int to1, int from2, int to2)
        {
            Part(neighbours, from1, to1);
            Part(neighbours, from2, to2);
            Join(neighbours, from1, to2);
            Join(neighbours, from2, to1);
        }
    }

    private static void Join(HashSet<int>[] neighbours, int one, int other)
    {
        neighbours[one].Add(other);
        neighbours[other].Add(one);
    }

    private static void Part(HashSet<int>[] neighbours, int one, int other)
    {
        neighbours[one].Remove(other);
        neighbours[other].Remove(one);
    }

    private static bool Reaches(HashSet<int>[] neighbours, int from, int to)
    {
        var seen = new HashSet<int> { from };
        var next = new Queue<int>(seen);
        while (next.TryDequeue(out var node))
        {
            foreach (var neighbour in neighbours[node])
            {
                if (neighbour == to)
                    return true;
                if (seen.Add(neighbour))
                    next.Enqueue(neighbour);
            }
        }

        return false;
    }
}
