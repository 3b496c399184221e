namespace PnetPS.Graphs.Layout;

/// <summary>A chain: in one row while it fits a page, else in rows that turn at their ends.</summary>
internal static class LineForm
{
    private const int LongestRow = 8;
    private const double Across = 118;
    private const double Down = 80;

    public static Point[] Arrange(Sketch sketch)
    {
        var order = Order(sketch);
        var perRow = sketch.Count <= LongestRow ? sketch.Count : (int)Math.Ceiling(Math.Sqrt(sketch.Count * 1.6));
        var largest = sketch.Largest;
        var places = new Point[sketch.Count];
        for (var i = 0; i < order.Count; i++)
        {
            var (row, column) = Math.DivRem(i, perRow);
            if (row % 2 == 1)
                column = perRow - 1 - column;
            places[order[i]] = new Point(column * (largest.Width + Across), row * (largest.Height + Down));
        }

        return places;
    }

    private static List<int> Order(Sketch sketch)
    {
        var start = Enumerable.Range(0, sketch.Count).First(node => sketch.Degree(node) == 1);
        var distance = sketch.From(start).Distance;
        return [.. Enumerable.Range(0, sketch.Count).OrderBy(node => distance[node])];
    }
}
