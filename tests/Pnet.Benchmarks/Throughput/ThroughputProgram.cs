using System.Globalization;

namespace Pnet.Benchmarks.Throughput;

/// <summary>
/// One stream of bytes through plain <c>socat</c>, <c>ssh</c> and PnetPS, over TCP on the loopback interface, in turns:
/// what is left to noise hits all of them, and the ratios stand.
/// </summary>
internal static class ThroughputProgram
{
    /// <summary>Measures and writes a table for each number of hops.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(ThroughputOptions options)
    {
        Console.WriteLine($"{options.Size / 1e6:N0} MB a run, medians of {options.Runs}");
        foreach (int hops in options.Hops)
        {
            using var scratch = new Scratch();
            var contenders = Start(options, hops, scratch);
            try
            {
                Measure(options, hops, scratch, contenders);
            }
            finally
            {
                contenders.ForEach(contender => contender.Dispose());
            }
        }

        return 0;
    }

    private static List<Contender> Start(ThroughputOptions options, int hops, Scratch scratch)
    {
        var contenders = new List<Contender>();
        if (options.Only.Contains("socat") && IsInstalled("socat"))
        {
            contenders.Add(new SocatContender(scratch, hops, 8 * 1024));
            contenders.Add(new SocatContender(scratch, hops, 64 * 1024));
        }

        if (options.Only.Contains("ssh") && IsInstalled("ssh") && IsInstalled("sshd"))
            contenders.Add(new SshContender(scratch, hops));
        if (options.Only.Contains("pnet"))
        {
            contenders.Add(new PnetContender("pnet", scratch, hops, Path.Combine(AppContext.BaseDirectory, "r2")));
            foreach (string other in options.Others)
                contenders.Add(new PnetContender($"pnet, {Path.GetFileName(Path.GetDirectoryName(other))}", scratch, hops, other));
        }

        return contenders;
    }

    private static void Measure(ThroughputOptions options, int hops, Scratch scratch, List<Contender> contenders)
    {
        var runs = contenders.ToDictionary(contender => contender, _ => new List<Measurement>());
        for (int run = 0; run < options.Runs; run++)
        {
            foreach (var contender in contenders)
            {
                Console.Error.WriteLine($"{hops} hop(s), run {run + 1}: {contender.Name}");
                runs[contender].Add(Measurement.Of(contender, scratch, options.Size));
            }
        }

        var medians = contenders.Select(contender => (contender.Name, Median: Measurement.Median(runs[contender]))).ToList();
        var peer = medians.Find(row => row.Name.StartsWith("ssh", StringComparison.Ordinal)).Median;
        Console.WriteLine();
        Console.WriteLine($"| {hops} hop(s) | MB/s | of ssh | CPU s/GB | round trip p50 / p99, µs | of ssh | first byte, ms | peak memory a process, MB |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var (name, median) in medians)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {median.MegabytesPerSecond:F0} | {Ratio(median.MegabytesPerSecond, peer?.MegabytesPerSecond)} | {median.CpuSecondsPerGigabyte:F2} | {median.MedianRoundTrip.TotalMicroseconds:F0} / {median.SlowRoundTrip.TotalMicroseconds:F0} | {Ratio(median.MedianRoundTrip.TotalMicroseconds, peer?.MedianRoundTrip.TotalMicroseconds)} | {median.FirstByte.TotalMilliseconds:F0} | {string.Join(' ', median.PeakMemory.Select(bytes => $"{bytes / 1e6:F0}"))} |"));
        }
    }

    private static string Ratio(double value, double? peer) =>
        peer is { } other ? (value / other).ToString("F2", CultureInfo.InvariantCulture) : "";

    private static bool IsInstalled(string program)
    {
        string path = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin";
        if (path.Split(':').Any(directory => File.Exists(Path.Combine(directory, program))))
            return true;
        Console.Error.WriteLine($"{program} is not installed, and left out");
        return false;
    }
}
