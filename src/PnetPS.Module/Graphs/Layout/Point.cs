namespace PnetPS.Graphs.Layout;

/// <summary>A point of a picture, or the way from one to another; in pixels, down is positive.</summary>
internal readonly record struct Point(double X, double Y)
{
    /// <summary>How long the way is.</summary>
    public double Length => Math.Sqrt((X * X) + (Y * Y));

    /// <summary>The way turned by a quarter.</summary>
    public Point Turned => new(-Y, X);

    /// <summary>A way of length 1 in the same direction; none has none.</summary>
    public Point Unit => Length is > 1e-9 and var length ? new Point(X / length, Y / length) : default;

    public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y);

    public static Point operator -(Point a, Point b) => new(a.X - b.X, a.Y - b.Y);

    public static Point operator *(Point a, double factor) => new(a.X * factor, a.Y * factor);

    /// <summary>A point on the way from one to another: 0 is the first, 1 the second.</summary>
    public static Point Between(Point a, Point b, double part) => a + ((b - a) * part);

    /// <summary>A point of a circle round the origin; 0 is the top, clockwise.</summary>
    public static Point OnCircle(double radius, double angle) => new(radius * Math.Sin(angle), -radius * Math.Cos(angle));
}
