namespace PnetPS.Graphs.Layout;

/// <summary>What makes a picture hard to read, in numbers, and the moves that make it easier.</summary>
internal sealed class Taste(Sketch sketch, Point[] places, double length)
{
    private const int MostRounds = 14;
    private const double Crossing = 10;
    private const double Overlap = 60;
    private const double Covered = 30;
    private const double Sharp = 4;
    private const double Stretched = 3;
    private const double Gap = 24;
    private const double Sharpest = 0.35;

    private static readonly double[] Steps = [1.4, 0.7, 0.3];

    /// <summary>How bad the picture is.</summary>
    public double Total() => Enumerable.Range(0, sketch.Count).Sum(Of);

    /// <summary>Moves single boxes while that helps.</summary>
    public void Improve()
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var moved = false;
            for (var node = 0; node < sketch.Count; node++)
                moved |= Improve(node);
            if (!moved)
                return;
        }
    }

    private bool Improve(int node)
    {
        var (was, best) = (places[node], places[node]);
        var cost = Of(node);
        foreach (var place in Candidates(node, was))
        {
            places[node] = place;
            if (Of(node) is var other && other < cost - 0.01)
                (best, cost) = (place, other);
        }

        places[node] = best;
        return best != was;
    }

    private IEnumerable<Point> Candidates(int node, Point was)
    {
        var neighbours = sketch.Neighbours(node);
        var middle = new Point(neighbours.Average(next => places[next].X), neighbours.Average(next => places[next].Y));
        foreach (var from in new[] { was, middle })
        {
            foreach (var step in Steps)
            {
                for (var direction = 0; direction < 12; direction++)
                    yield return from + Point.OnCircle(step * length, direction * Math.PI / 6);
            }
        }
    }

    /// <summary>What is bad about one box and its links.</summary>
    private double Of(int node)
    {
        var cost = 0.0;
        var box = Box.Around(places[node], sketch.Sizes[node]);
        for (var other = 0; other < sketch.Count; other++)
        {
            if (other != node && box.Gap(Box.Around(places[other], sketch.Sizes[other])) < Gap)
                cost += Overlap;
        }

        foreach (var (a, b) in sketch.Edges)
        {
            if (a != node && b != node && box.Inflate(8).Meets(places[a], places[b]))
                cost += Covered;
        }

        var neighbours = sketch.Neighbours(node);
        foreach (var next in neighbours)
            cost += OfLink(node, next);
        return cost + (Sharp * Enumerable.Range(0, neighbours.Count).Sum(i => neighbours.Skip(i + 1).Count(other => IsSharp(node, neighbours[i], other))));
    }

    private double OfLink(int node, int next)
    {
        var cost = 0.0;
        var off = ((places[next] - places[node]).Length / length) - 1;
        cost += Stretched * off * off;
        foreach (var (a, b) in sketch.Edges)
        {
            if (a != node && b != node && a != next && b != next && Segments.Cross(places[node], places[next], places[a], places[b]))
                cost += Crossing;
        }

        for (var other = 0; other < sketch.Count; other++)
        {
            if (other != node && other != next && Box.Around(places[other], sketch.Sizes[other]).Inflate(8).Meets(places[node], places[next]))
                cost += Covered;
        }

        return cost;
    }

    private bool IsSharp(int node, int one, int other)
    {
        var (a, b) = ((places[one] - places[node]).Unit, (places[other] - places[node]).Unit);
        return Math.Acos(Math.Clamp((a.X * b.X) + (a.Y * b.Y), -1, 1)) < Sharpest;
    }
}
