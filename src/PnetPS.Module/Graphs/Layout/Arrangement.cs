namespace PnetPS.Graphs.Layout;

/// <summary>Finds a place for every box: the form that people know where there is one, else what pulls joined ones together.</summary>
internal static class Arrangement
{
    private const double BetweenParts = 90;

    /// <summary>Arranges all parts and puts them side by side.</summary>
    /// <returns>The middle of each box.</returns>
    public static Point[] Of(Sketch sketch)
    {
        var places = new Point[sketch.Count];
        var parts = sketch.Parts().Select(part => (Nodes: part, Places: OfPart(sketch.Only(part)))).OrderByDescending(part => part.Nodes.Count).ToList();
        var frames = parts.ConvertAll(part => Box.Of(part.Nodes.Select((node, at) => Box.Around(part.Places[at], sketch.Sizes[node]))));
        var offsets = Shelves(frames);
        for (var i = 0; i < parts.Count; i++)
        {
            for (var at = 0; at < parts[i].Nodes.Count; at++)
                places[parts[i].Nodes[at]] = parts[i].Places[at] + offsets[i];
        }

        return places;
    }

    private static Point[] OfPart(Sketch part)
    {
        var isTree = part.Edges.Count == part.Count - 1;
        var mostJoined = Enumerable.Range(0, part.Count).Max(part.Degree);
        if (part.Count == 1)
            return [default];
        if (isTree && mostJoined <= 2)
            return LineForm.Arrange(part);
        if (isTree && mostJoined == part.Count - 1)
            return CircleForm.Star(part);
        if (isTree)
            return TreeForm.Arrange(part);
        if (mostJoined == 2)
            return CircleForm.Ring(part);
        return part.Edges.Count == part.Count * (part.Count - 1) / 2 ? CircleForm.Mesh(part) : FreeForm.Arrange(part);
    }

    /// <summary>Rows that fill a picture somewhat wider than high.</summary>
    private static Point[] Shelves(List<Box> frames)
    {
        var area = frames.Sum(frame => (frame.Width + BetweenParts) * (frame.Height + BetweenParts));
        var width = Math.Max(frames.Max(frame => frame.Width), Math.Sqrt(area * 1.7));
        var offsets = new Point[frames.Count];
        var (x, y, height) = (0.0, 0.0, 0.0);
        for (var i = 0; i < frames.Count; i++)
        {
            if (x > 0 && x + frames[i].Width > width)
                (x, y, height) = (0, y + height + BetweenParts, 0);
            offsets[i] = new Point(x - frames[i].Left, y - frames[i].Top);
            x += frames[i].Width + BetweenParts;
            height = Math.Max(height, frames[i].Height);
        }

        return offsets;
    }
}
