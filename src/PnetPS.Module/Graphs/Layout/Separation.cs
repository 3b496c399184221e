namespace PnetPS.Graphs.Layout;

/// <summary>Pushes boxes apart until none is too near another.</summary>
internal static class Separation
{
    private const int MostRounds = 400;
    private const double Gap = 26;

    public static void Apply(Sketch sketch, Point[] places)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var moved = false;
            for (var i = 0; i < places.Length; i++)
            {
                for (var j = i + 1; j < places.Length; j++)
                    moved |= Part(sketch, places, i, j);
            }

            if (!moved)
                return;
        }
    }

    private static bool Part(Sketch sketch, Point[] places, int i, int j)
    {
        var across = ((sketch.Sizes[i].Width + sketch.Sizes[j].Width) / 2) + Gap - Math.Abs(places[i].X - places[j].X);
        var down = ((sketch.Sizes[i].Height + sketch.Sizes[j].Height) / 2) + Gap - Math.Abs(places[i].Y - places[j].Y);
        if (across <= 0.01 || down <= 0.01)
            return false;

        // The shorter way; of two in the same place, the later goes right or down.
        var push = across < down
            ? new Point(places[j].X >= places[i].X ? across / 2 : -across / 2, 0)
            : new Point(0, places[j].Y >= places[i].Y ? down / 2 : -down / 2);
        places[i] -= push;
        places[j] += push;
        return true;
    }
}
