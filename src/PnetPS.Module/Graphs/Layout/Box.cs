namespace PnetPS.Graphs.Layout;

/// <summary>A rectangle of a picture, in pixels.</summary>
internal readonly record struct Box(double Left, double Top, double Width, double Height)
{
    public double Right => Left + Width;

    public double Bottom => Top + Height;

    public Point Centre => new(Left + (Width / 2), Top + (Height / 2));

    /// <summary>The rectangle of a size with its middle at a point.</summary>
    public static Box Around(Point centre, Size size) => new(centre.X - (size.Width / 2), centre.Y - (size.Height / 2), size.Width, size.Height);

    /// <summary>The smallest rectangle that holds others; of none, it is empty.</summary>
    public static Box Of(IEnumerable<Box> boxes) => boxes.Aggregate((Box?)null, (all, box) => all is null ? box : all.Value.With(box)) ?? default;

    /// <summary>With more room on all sides.</summary>
    public Box Inflate(double by) => new(Left - by, Top - by, Width + (2 * by), Height + (2 * by));

    public bool Intersects(Box other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;

    public bool Contains(Point point) => point.X > Left && point.X < Right && point.Y > Top && point.Y < Bottom;

    /// <summary>Whether a straight line from one point to another touches it (Liang and Barsky's clipping).</summary>
    public bool Meets(Point a, Point b)
    {
        var (from, to) = (0.0, 1.0);
        var way = b - a;
        return Clip(-way.X, a.X - Left) && Clip(way.X, Right - a.X) && Clip(-way.Y, a.Y - Top) && Clip(way.Y, Bottom - a.Y);

        bool Clip(double step, double room)
        {
            if (Math.Abs(step) < 1e-12)
                return room >= 0;
            var part = room / step;
            if (step < 0)
                from = Math.Max(from, part);
            else
                to = Math.Min(to, part);
            return from <= to;
        }
    }

    /// <summary>How far apart two are, 0 where they touch.</summary>
    public double Gap(Box other)
    {
        var across = Math.Max(0, Math.Max(Left - other.Right, other.Left - Right));
        var down = Math.Max(0, Math.Max(Top - other.Bottom, other.Top - Bottom));
        return new Point(across, down).Length;
    }

    private Box With(Box other)
    {
        var (left, top) = (Math.Min(Left, other.Left), Math.Min(Top, other.Top));
        return new Box(left, top, Math.Max(Right, other.Right) - left, Math.Max(Bottom, other.Bottom) - top);
    }
}
