using System.Diagnostics;
using System.Globalization;

namespace Pnet.Benchmarks.Soak;

/// <summary>
/// Everything at once, for minutes, through a relay: commands, messages, tunnels, files, and links that are lost. What is looked
/// at is the memory of the daemons: it may not grow.
/// </summary>
internal static class SoakProgram
{
    /// <summary>What the command line is like.</summary>
    public const string Usage = "soak PATH-OF-R2 [MINUTES [SECONDS-OF-A-LINK]]";

    private const int DefaultMinutes = 5;

    // Pools become what they are going to be, the compiler compiles again what has run 30 times, and the heap grows until all of it is
    // collected for the first time, not the youngest part alone. At a relay it is lost links that allocate, and about 2,000 bring it there: so there
    // are more of them meanwhile.
    private const int WarmUpMinutes = 4;
    private static readonly TimeSpan LinkLife = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LinkLifeMeanwhile = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Runs it, and tells of each minute.</summary>
    /// <returns>0 where nothing grew, 1 where something did.</returns>
    public static Task<int> RunAsync(string[] words) => words switch
    {
        [var r2] => RunAsync(r2, DefaultMinutes, LinkLife),
        [var r2, var minutes] => RunAsync(r2, int.Parse(minutes, CultureInfo.InvariantCulture), LinkLife),
        [var r2, var minutes, var seconds] =>
            RunAsync(r2, int.Parse(minutes, CultureInfo.InvariantCulture), TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture))),
        _ => throw new FormatException(Usage),
    };

    private static async Task<int> RunAsync(string r2, int minutes, TimeSpan linkLife)
    {
        using var network = await SoakNetwork.StartAsync(r2).ConfigureAwait(false);
        using var stop = new CancellationTokenSource();
        var work = new SoakWork(network) { LinkLife = LinkLifeMeanwhile };
        var working = work.RunAsync(stop.Token);
        var warm = new List<IReadOnlyList<MemoryOfMinute>>();
        var began = Stopwatch.GetTimestamp();
        Console.WriteLine("For each daemon: MB resident, MB of them in no file, MB that a collection left on the heap, collections since the start.");
        Console.WriteLine("| minute | near | own | live | GCs | relay | own | live | GCs | far | own | live | GCs | commands | messages | tunnels | files | links lost | failed meanwhile |");
        Console.WriteLine("|---" + string.Concat(Enumerable.Repeat("|---:", 18)) + "|");
        for (var minute = 1; minute <= WarmUpMinutes + minutes; minute++)
        {
            var warmingUp = minute <= WarmUpMinutes;
            work.LinkLife = warmingUp ? LinkLifeMeanwhile : linkLife;
            var held = await LookAsync(network, working, began, TimeSpan.FromMinutes(minute)).ConfigureAwait(false);
            if (!warmingUp)
                warm.Add(held);
            Console.WriteLine($"| {(warmingUp ? $"({minute})" : minute)} | {string.Join(" | ", held)} | {work.Tell()} |");
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await working.ConfigureAwait(false);
        if (warm.Count < SoakVerdict.MinMinutes)
            return 0;
        var verdicts = SoakNetwork.Names.Select((name, daemon) => SoakVerdict.Of(name, [.. warm.Select(minute => minute[daemon])])).ToList();
        verdicts.ForEach(verdict => Console.WriteLine(verdict.Text));
        return verdicts.Any(verdict => verdict.Grows) ? 1 : 0;
    }

    private static async Task<IReadOnlyList<MemoryOfMinute>> LookAsync(SoakNetwork network, Task working, long began, TimeSpan until)
    {
        var samples = new List<IReadOnlyList<(long Resident, long Own)>>();
        while (Stopwatch.GetElapsedTime(began) < until)
        {
            if (await Task.WhenAny(working, Task.Delay(Pause)).ConfigureAwait(false) == working)
                await working.ConfigureAwait(false);
            samples.Add([.. network.Daemons.Select(MemoryOfMinute.Look)]);
        }

        var counters = await Task.WhenAll(network.Nodes.Select(node => node.GetMetricsAsync())).ConfigureAwait(false);
        return [.. counters.Select((one, daemon) => new MemoryOfMinute(
            Median(samples.Select(sample => sample[daemon].Resident)), Median(samples.Select(sample => sample[daemon].Own)), one["memory.live"], one["memory.collections"]))];
    }

    private static long Median(IEnumerable<long> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
