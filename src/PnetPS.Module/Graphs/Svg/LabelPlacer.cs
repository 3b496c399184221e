using PnetPS.Graphs.Layout;

namespace PnetPS.Graphs.Svg;

/// <summary>Finds room for what is written at the links: on the line where it is long enough, else beside it, else nowhere.</summary>
internal sealed class LabelPlacer(IReadOnlyList<Box> cards, IReadOnlyList<Curve> curves)
{
    public const double Font = 11;

    private const double Height = 16;
    private const double LineLeft = 24;

    private static readonly double[] Parts = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74];

    private readonly List<Box> _placed = [];

    /// <summary>Finds a place for the first text that has room at a link.</summary>
    /// <param name="link">The link's place among the curves.</param>
    /// <param name="texts">What may be written, the best first.</param>
    public Label? Place(int link, IEnumerable<string> texts)
    {
        foreach (var text in texts.Where(text => text.Length > 0))
        {
            var size = new Size(SvgText.Width(text, Font) + 8, Height);
            foreach (var centre in Candidates(curves[link], size))
            {
                var box = Box.Around(centre, size);
                if (!IsFree(box, link))
                    continue;
                _placed.Add(box);
                return new Label(text, box);
            }
        }

        return null;
    }

    private static IEnumerable<Point> Candidates(Curve curve, Size size)
    {
        var length = curve.Length;
        foreach (var part in Parts)
        {
            var across = curve.Across(part);

            // How much of the line the text would hide.
            var hidden = Math.Min(size.Width / Math.Max(Math.Abs(across.Y), 1e-6), size.Height / Math.Max(Math.Abs(across.X), 1e-6));
            if (hidden + LineLeft < length)
                yield return curve.At(part);
        }

        foreach (var part in Parts.Take(3))
        {
            var across = curve.Across(part);
            var beside = across * ((Math.Abs(across.X) * size.Width / 2) + (Math.Abs(across.Y) * size.Height / 2) + 1);
            yield return curve.At(part) - beside;
            yield return curve.At(part) + beside;
        }
    }

    private bool IsFree(Box box, int link)
    {
        if (cards.Any(card => card.Inflate(3).Intersects(box)) || _placed.Any(other => other.Inflate(2).Intersects(box)))
            return false;
        return !curves.Where((_, other) => other != link).Any(curve => curve.Meets(box));
    }

    /// <summary>A text and its place.</summary>
    internal sealed record Label(string Text, Box Box);
}
