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
    public const string Usage = "soak PATH-OF-R2 [MINUTES]";

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Runs it, and tells of each minute.</summary>
    public static async Task<int> RunAsync(string r2, double minutes)
    {
        using var network = await SoakNetwork.StartAsync(r2).ConfigureAwait(false);
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(minutes));
        var work = new SoakWork(network);
        var working = work.RunAsync(stop.Token);
        var memory = new List<IReadOnlyList<long>>();
        var began = Stopwatch.GetTimestamp();
        Console.WriteLine("| minute | near, MB | relay, MB | far, MB | commands | messages | tunnels | files | links lost | failed meanwhile |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        for (var minute = 1; !working.IsCompleted; minute++)
        {
            var samples = new List<IReadOnlyList<long>>();
            while (!working.IsCompleted && Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(minute))
            {
                await Task.WhenAny(working, Task.Delay(Look)).ConfigureAwait(false);
                samples.Add([.. network.Daemons.Select(ResidentSet)]);
            }

            if (samples.Count * Look < TimeSpan.FromMinutes(0.5))
                break;
            memory.Add([.. network.Daemons.Select((_, daemon) => Median(samples.Select(sample => sample[daemon])))]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {minute} | {string.Join(" | ", memory[^1].Select(bytes => (bytes / 1e6).ToString("F0", CultureInfo.InvariantCulture)))} | {work.Tell()} |"));
        }

        await working.ConfigureAwait(false);
        if (memory.Count < 3)
            return 0;

        // The first minute is for pools and compiled code to become what they are going to be.
        var growth = memory[^1].Select((bytes, daemon) => (double)bytes / memory[1][daemon]).ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the last minute against the second: {string.Join(", ", growth.Select(times => times.ToString("F2", CultureInfo.InvariantCulture)))}"));
        return 0;
    }

    private static long Median(IEnumerable<long> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static long ResidentSet(int process)
    {
        const string Field = "VmRSS:";
        var line = File.ReadLines($"/proc/{process}/status").First(one => one.StartsWith(Field, StringComparison.Ordinal));
        return long.Parse(line[Field.Length..^" kB".Length], CultureInfo.InvariantCulture) * 1024;
    }
}
