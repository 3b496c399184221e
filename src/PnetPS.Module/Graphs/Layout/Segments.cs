namespace PnetPS.Graphs.Layout;

/// <summary>Straight lines between two points.</summary>
internal static class Segments
{
    /// <summary>Whether two lines cross, each elsewhere than at its ends.</summary>
    public static bool Cross(Point a, Point b, Point c, Point d) =>
        Side(a, b, c) * Side(a, b, d) < 0 && Side(c, d, a) * Side(c, d, b) < 0;

    /// <summary>How far a point is from a line.</summary>
    public static double Distance(Point point, Point a, Point b)
    {
        var way = b - a;
        var square = (way.X * way.X) + (way.Y * way.Y);
        var part = square < 1e-9 ? 0 : Math.Clamp((((point.X - a.X) * way.X) + ((point.Y - a.Y) * way.Y)) / square, 0, 1);
        return (point - Point.Between(a, b, part)).Length;
    }

    private static double Side(Point a, Point b, Point c) => ((b.X - a.X) * (c.Y - a.Y)) - ((b.Y - a.Y) * (c.X - a.X));
}
