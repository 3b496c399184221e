using PnetPS.Graphs.Layout;

namespace PnetPS.Graphs.Svg;

/// <summary>A link's way from the edge of one card to the edge of another: straight, or bent to one side.</summary>
internal sealed class Curve
{
    private const int Steps = 24;

    // Cards are drawn over links and have round corners, which a link has to reach as well.
    private const double UnderCard = 5;

    private readonly Point[] _points;
    private readonly Box _bounds;

    private Curve(Point start, Point control, Point end, double bend)
    {
        (Start, Control, End, Bend) = (start, control, end, bend);
        _points = bend == 0 ? [start, end] : [.. Enumerable.Range(0, Steps + 1).Select(step => At((double)step / Steps))];
        _bounds = Box.Of(_points.Select(point => new Box(point.X, point.Y, 0, 0))).Inflate(0.01);
    }

    public Point Start { get; }

    public Point Control { get; }

    public Point End { get; }

    /// <summary>How far its middle is from the straight line between the cards.</summary>
    public double Bend { get; }

    /// <summary>Points along it, near enough for straight lines between them.</summary>
    public IReadOnlyList<Point> Points => _points;

    public double Length => _points.Zip(_points.Skip(1), (a, b) => (b - a).Length).Sum();

    /// <summary>From card to card.</summary>
    public static Curve Between(Box from, Box to, double bend)
    {
        var (a, b) = (from.Centre, to.Centre);
        var whole = new Curve(a, Point.Between(a, b, 0.5) + ((b - a).Unit.Turned * (2 * bend)), b, bend);
        var start = whole.LastInside(from.Inflate(-UnderCard), 0, 1);
        var end = whole.LastInside(to.Inflate(-UnderCard), 1, 0);
        return start < end ? whole.Part(start, end) : whole;
    }

    /// <summary>A point of it: 0 is the start, 1 the end.</summary>
    public Point At(double part) => Point.Between(Point.Between(Start, Control, part), Point.Between(Control, End, part), part);

    /// <summary>The way across it, of length 1.</summary>
    public Point Across(double part) => (Point.Between(Control, End, part) - Point.Between(Start, Control, part)).Unit.Turned;

    public bool Meets(Box box)
    {
        if (!_bounds.Intersects(box))
            return false;
        for (var i = 1; i < _points.Length; i++)
        {
            if (box.Meets(_points[i - 1], _points[i]))
                return true;
        }

        return false;
    }

    public bool Crosses(Curve other)
    {
        if (!_bounds.Intersects(other._bounds))
            return false;
        for (var i = 1; i < _points.Length; i++)
        {
            for (var j = 1; j < other._points.Length; j++)
            {
                if (Segments.Cross(_points[i - 1], _points[i], other._points[j - 1], other._points[j]))
                    return true;
            }
        }

        return false;
    }

    /// <summary>Where it leaves a card, found by halving.</summary>
    private double LastInside(Box box, double inside, double outside)
    {
        for (var i = 0; i < 24; i++)
        {
            var middle = (inside + outside) / 2;
            if (box.Contains(At(middle)))
                inside = middle;
            else
                outside = middle;
        }

        return outside;
    }

    // De Casteljau: a part of a quadratic curve is one.
    private Curve Part(double from, double to)
    {
        var control = Point.Between(Point.Between(Start, Control, from), Point.Between(Control, End, from), to);
        return new Curve(At(from), control, At(to), Bend);
    }
}
