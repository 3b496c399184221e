namespace PnetPS.Graphs.Layout;

/// <summary>
/// Anything else: distances in the picture like those in the graph (stress majorisation), from several starts; then each
/// box is moved while that takes crossings away. The starts are numbered, so that the same graph gives the same picture.
/// </summary>
internal static class FreeForm
{
    private const int Starts = 8;
    private const int Polished = 3;
    private const int Rounds = 120;
    private const int MostPolished = 120;
    private const double Link = 150;

    // Boxes are wider than high: without it, the room is wasted in one direction.
    private const double Stretch = 1.25;

    public static Point[] Arrange(Sketch sketch)
    {
        var distances = Enumerable.Range(0, sketch.Count).Select(node => sketch.From(node).Distance).ToArray();
        var length = Link + (sketch.Largest.Width / 4);
        if (sketch.Count > MostPolished)
            return Start(0).Places;

        var best = Enumerable.Range(0, Starts).Select(Start).OrderBy(one => one.Taste.Total()).Take(Polished).ToList();
        best.ForEach(one => one.Taste.Improve());
        var (places, _) = best.MinBy(one => one.Taste.Total());
        Separation.Apply(sketch, places);
        return places;

        (Point[] Places, Taste Taste) Start(int number)
        {
            var places = Relax(distances, length, new Random(number));
            Turn(places);
            Separation.Apply(sketch, places);
            return (places, new Taste(sketch, places, length));
        }
    }

    /// <summary>Moves each box in turn to where the others, by their distances in the graph, want it.</summary>
    private static Point[] Relax(int[][] distances, double length, Random random)
    {
        var count = distances.Length;
        var places = Enumerable.Range(0, count).OrderBy(_ => random.Next()).Select(node => Point.OnCircle(length * Math.Sqrt(count), 2 * Math.PI * node / count)).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < count; i++)
            {
                var (sum, weights) = (default(Point), 0.0);
                for (var j = 0; j < count; j++)
                {
                    if (i == j)
                        continue;
                    double apart = distances[i][j];
                    var weight = 1 / (apart * apart);
                    sum += (places[j] + ((places[i] - places[j]).Unit * (apart * length))) * weight;
                    weights += weight;
                }

                places[i] = sum * (1 / weights);
            }
        }

        return places;
    }

    /// <summary>Lays the longest direction across, and stretches it.</summary>
    private static void Turn(Point[] places)
    {
        var middle = new Point(places.Average(place => place.X), places.Average(place => place.Y));
        var (xx, xy, yy) = (0.0, 0.0, 0.0);
        foreach (var place in places)
        {
            var way = place - middle;
            (xx, xy, yy) = (xx + (way.X * way.X), xy + (way.X * way.Y), yy + (way.Y * way.Y));
        }

        var angle = 0.5 * Math.Atan2(2 * xy, xx - yy);
        var (sin, cos) = Math.SinCos(-angle);
        for (var i = 0; i < places.Length; i++)
        {
            var way = places[i] - middle;
            places[i] = new Point(((way.X * cos) - (way.Y * sin)) * Stretch, (way.X * sin) + (way.Y * cos));
        }
    }
}
