namespace Pnet.Benchmarks.Throughput;

/// <summary>What one run of one contender showed.</summary>
/// <param name="MegabytesPerSecond">10⁶ bytes a second, from the first byte sent to the far end's word that it has all.</param>
/// <param name="CpuSecondsPerGigabyte">Processor time of the processes that carry the stream, without its source and its sink.</param>
/// <param name="MedianRoundTrip">Half of the 64-byte messages were back sooner.</param>
/// <param name="SlowRoundTrip">99 of 100 messages were back sooner.</param>
/// <param name="FirstByte">From the start of the near program to the first byte echoed.</param>
/// <param name="PeakMemory">The most memory each process had resident, in bytes, near end and servers.</param>
internal sealed record Measurement(
    double MegabytesPerSecond,
    double CpuSecondsPerGigabyte,
    TimeSpan MedianRoundTrip,
    TimeSpan SlowRoundTrip,
    TimeSpan FirstByte,
    IReadOnlyList<long> PeakMemory)
{
    private const int Rounds = 5_000;
    private const int WarmUpRounds = 500;
    private const int MessageSize = 64;

    /// <summary>Measures a contender once, through two tunnels: one for the first byte, one for all else.</summary>
    public static Measurement Of(Contender contender, Scratch scratch, long size)
    {
        TimeSpan firstByte;
        using (var near = NearEnd.Start(scratch, contender.EchoCommand))
            firstByte = near.FirstByte();

        using var tunnel = NearEnd.Start(scratch, contender.StreamCommand);
        tunnel.PingPong(WarmUpRounds, MessageSize);
        var times = tunnel.PingPong(Rounds, MessageSize);
        var processes = ProcessTree.Of([tunnel.ProcessId, .. contender.Servers], Environment.ProcessPath!);
        double before = processes.Sum(ProcessTree.CpuSeconds);
        TimeSpan elapsed = tunnel.Stream(size);
        double cpu = processes.Sum(ProcessTree.CpuSeconds) - before;
        return new Measurement(
            size / 1e6 / elapsed.TotalSeconds,
            cpu / (size / 1e9),
            times[Rounds / 2],
            times[Rounds * 99 / 100],
            firstByte,
            [.. processes.Select(id => ProcessTree.Memory(id, "VmHWM")).Where(bytes => bytes > 0).OrderDescending()]);
    }

    /// <summary>The median of each figure, and the most memory of all runs.</summary>
    public static Measurement Median(IReadOnlyList<Measurement> runs)
    {
        return new Measurement(
            Middle(run => run.MegabytesPerSecond),
            Middle(run => run.CpuSecondsPerGigabyte),
            Middle(run => run.MedianRoundTrip),
            Middle(run => run.SlowRoundTrip),
            Middle(run => run.FirstByte),
            runs.MaxBy(run => run.PeakMemory.Sum())!.PeakMemory);

        T Middle<T>(Func<Measurement, T> figure) => runs.Select(figure).Order().ElementAt(runs.Count / 2);
    }
}
