using PnetPS.Graphs.Layout;

namespace PnetPS.Graphs.Svg;

/// <summary>Chooses how far each link is bent: straight where that meets no card, round what is in the way else.</summary>
internal static class LinkRouter
{
    private const double Beside = 30;
    private const double MeetsCard = 30;
    private const double CrossesLink = 3;
    private const double Aside = 1.0 / 45;

    private static readonly double[] Bends = [30, -30, 46, -46, 62, -62, 84, -84, 110, -110, 150, -150, 200, -200];

    /// <summary>The curve of each link; links between the same two nodes lie side by side.</summary>
    public static Curve[] Route(IReadOnlyList<(int From, int To, bool Relayed)> links, IReadOnlyList<Box> boxes)
    {
        var curves = new Curve[links.Count];
        var drawn = new List<Curve>();
        var together = Enumerable.Range(0, links.Count).ToLookup(i => Pair(links[i]));

        // Straight ones first: what is relayed goes round them.
        foreach (var i in Enumerable.Range(0, links.Count).OrderBy(i => links[i].Relayed))
        {
            var (from, to, relayed) = links[i];
            var same = together[Pair(links[i])].Where(other => links[other].Relayed == relayed).ToList();
            var turned = from > to ? -1 : 1;
            var preferred = turned * (same.IndexOf(i) - ((same.Count - 1) / 2.0)) * Beside;
            var straight = Curve.Between(boxes[from], boxes[to], preferred);
            if (!relayed && Met(straight, from, to) == 0)
            {
                drawn.Add(curves[i] = straight);
                continue;
            }

            var bends = relayed ? Bends.Skip(2).Select(bend => bend + preferred) : Bends.Select(bend => bend + preferred);
            curves[i] = bends.Select(bend => Curve.Between(boxes[from], boxes[to], bend)).MinBy(curve => Cost(curve, from, to))!;
            drawn.Add(curves[i]);
        }

        return curves;

        int Met(Curve curve, int from, int to) =>
            Enumerable.Range(0, boxes.Count).Count(node => node != from && node != to && curve.Meets(boxes[node].Inflate(7)));

        double Cost(Curve curve, int from, int to)
        {
            // Few would look for the best way among thousands of lines.
            var crossed = drawn.Count <= 200 ? drawn.Count(curve.Crosses) : 0;
            return (Met(curve, from, to) * MeetsCard) + (crossed * CrossesLink) + (Math.Abs(curve.Bend) * Aside);
        }
    }

    private static (int, int) Pair((int From, int To, bool Relayed) link) => link.From < link.To ? (link.From, link.To) : (link.To, link.From);
}
