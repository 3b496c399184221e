namespace PnetPS.Graphs.Layout;

/// <summary>Rings, stars and meshes: boxes round a circle, the first at the top, clockwise.</summary>
internal static class CircleForm
{
    /// <summary>Each joined with the next.</summary>
    public static Point[] Ring(Sketch sketch)
    {
        var order = new List<int> { 0, sketch.Neighbours(0)[0] };
        while (order.Count < sketch.Count)
            order.Add(sketch.Neighbours(order[^1]).First(next => next != order[^2]));

        // Wide enough for what is written at the links; round a large ring only for the round trip.
        return OnCircle(sketch, order, sketch.Count <= 8 ? 92 : sketch.Count <= 24 ? 58 : 30, inner: null);
    }

    /// <summary>All joined with one, which is in the middle.</summary>
    public static Point[] Star(Sketch sketch)
    {
        var middle = Enumerable.Range(0, sketch.Count).MaxBy(sketch.Degree);
        var others = Enumerable.Range(0, sketch.Count).Where(node => node != middle).ToList();
        return OnCircle(sketch, others, 30, middle);
    }

    /// <summary>Each joined with each.</summary>
    public static Point[] Mesh(Sketch sketch) => OnCircle(sketch, [.. Enumerable.Range(0, sketch.Count)], 92, inner: null);

    private static Point[] OnCircle(Sketch sketch, List<int> order, double gap, int? inner)
    {
        const double Step = 6;
        var places = new Point[sketch.Count];
        var radius = 60.0;
        do
        {
            radius += Step;
            for (var i = 0; i < order.Count; i++)
                places[order[i]] = Point.OnCircle(radius, 2 * Math.PI * i / order.Count);
        }
        while (!HasRoom());
        return places;

        bool HasRoom()
        {
            for (var i = 0; i < order.Count; i++)
            {
                var box = BoxOf(order[i]);
                if (box.Gap(BoxOf(order[(i + 1) % order.Count])) < gap || (inner is { } middle && box.Gap(BoxOf(middle)) < 84))
                    return false;
            }

            return true;
        }

        Box BoxOf(int node) => Box.Around(places[node], sketch.Sizes[node]);
    }
}
