using System.Diagnostics;

namespace Pnet.Benchmarks.Calls;

/// <summary>How many calls a second, and how long one takes.</summary>
/// <param name="PerSecond">Calls a second.</param>
/// <param name="Median">Half of them took less.</param>
/// <param name="Slow">99 of 100 took less.</param>
internal sealed record CallRate(double PerSecond, TimeSpan Median, TimeSpan Slow)
{
    /// <summary>Measures for a time, after a tenth of it to warm up.</summary>
    /// <param name="atOnce">Calls in flight.</param>
    /// <param name="time">For how long.</param>
    /// <param name="call">Makes what calls once each time, for one of those in flight.</param>
    public static async Task<CallRate> MeasureAsync(int atOnce, TimeSpan time, Func<Task<Func<Task>>> call)
    {
        var callers = await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => call())).ConfigureAwait(false);
        await RunAsync(callers, time / 10).ConfigureAwait(false);
        var (times, elapsed) = await RunAsync(callers, time).ConfigureAwait(false);
        times.Sort();
        return new CallRate(times.Count / elapsed.TotalSeconds, times[times.Count / 2], times[times.Count * 99 / 100]);
    }

    private static async Task<(List<TimeSpan> Times, TimeSpan Elapsed)> RunAsync(Func<Task>[] callers, TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(callers.Select(caller => Task.Run(async () =>
        {
            var mine = new List<TimeSpan>();
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                long before = Stopwatch.GetTimestamp();
                await caller().ConfigureAwait(false);
                mine.Add(Stopwatch.GetElapsedTime(before));
            }

            return mine;
        }))).ConfigureAwait(false);
        return ([.. times.SelectMany(one => one)], Stopwatch.GetElapsedTime(start));
    }
}
