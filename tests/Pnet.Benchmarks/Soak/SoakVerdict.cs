using System.Globalization;

namespace Pnet.Benchmarks.Soak;

/// <summary>Whether a daemon's memory grew, minute by minute, once it was warm.</summary>
internal static class SoakVerdict
{
    /// <summary>Fewer minutes than this say nothing.</summary>
    public const int MinMinutes = 4;

    // What the heap between two collections and a few more threads with their buffers are.
    private const double Tolerance = 0.02;

    /// <summary>Judges the minutes after the warm-up.</summary>
    /// <returns>What to print, and whether it is growth.</returns>
    public static (string Text, bool Grows) Of(string daemon, IReadOnlyList<MemoryOfMinute> minutes)
    {
        var half = minutes.Count / 2;
        var growth = minutes.TakeLast(half).Average(m => (double)m.Resident) / minutes.Take(half).Average(m => (double)m.Resident) - 1;
        var (all, last) = (Slope(minutes), Slope([.. minutes.TakeLast(half)]));
        var grows = growth > Tolerance;
        return (string.Create(
            CultureInfo.InvariantCulture,
            $"{daemon}: the second half against the first {growth:+0.0 %;-0.0 %;0.0 %}; {all / 1e6:+0.00;-0.00} MB a minute, and {last / 1e6:+0.00;-0.00} in the second half: {(grows ? "it grows" : "no growth")}"), grows);
    }

    // Bytes a minute, by least squares.
    private static double Slope(IReadOnlyList<MemoryOfMinute> minutes)
    {
        var (middle, mean) = ((minutes.Count - 1) / 2.0, minutes.Average(m => (double)m.Resident));
        var (above, below) = (0.0, 0.0);
        for (var i = 0; i < minutes.Count; i++)
        {
            above += (i - middle) * (minutes[i].Resident - mean);
            below += (i - middle) * (i - middle);
        }
        return below == 0 ? 0 : above / below;
    }
}
