namespace PnetPS.Graphs.Layout;

/// <summary>A tree in layers from its middle: downwards, or from left to right where many leaves would make it too wide.</summary>
internal static class TreeForm
{
    private const int MostLeavesAcross = 10;

    public static Point[] Arrange(Sketch sketch)
    {
        var root = Middle(sketch);
        var (depth, before) = sketch.From(root);
        var children = Enumerable.Range(0, sketch.Count).ToLookup(node => before[node]);
        var sideways = Enumerable.Range(0, sketch.Count).Count(node => sketch.Degree(node) == 1) > MostLeavesAcross;
        var largest = sketch.Largest;
        var layer = sideways ? largest.Width + 96 : largest.Height + 76;
        var between = sideways ? 20 : 34.0;

        var places = new Point[sketch.Count];
        var room = sideways ? largest.Height : largest.Width;
        var edge = 0.0;
        Place(root);
        return places;

        // A leaf comes after the one before it, a parent in the middle above its children; the depth of calls is bounded by the most nodes drawn.
        double Place(int node)
        {
            var below = children[node].Select(Place).ToList();
            var middle = below.Count > 0 ? (below[0] + below[^1]) / 2 : edge;
            edge = Math.Max(edge, middle + room + between);
            places[node] = sideways ? new Point(depth[node] * layer, middle) : new Point(middle, depth[node] * layer);
            return middle;
        }
    }

    /// <summary>The box from which the farthest is nearest; of two, the one that joins more.</summary>
    private static int Middle(Sketch sketch) => Enumerable.Range(0, sketch.Count)
        .OrderBy(node => sketch.From(node).Distance.Max())
        .ThenByDescending(sketch.Degree)
        .First();
}
