using System.Globalization;

namespace Pnet.Benchmarks.Calls;

/// <summary>A table of what calls a second take, each row against the first.</summary>
internal sealed class CallTable
{
    private readonly int _atOnce;
    private readonly TimeSpan _time;
    private CallRate? _first;

    /// <summary>Writes its head.</summary>
    /// <param name="title">What all rows have in common.</param>
    /// <param name="atOnce">Calls in flight.</param>
    /// <param name="time">How long each row is measured.</param>
    public CallTable(string title, int atOnce, TimeSpan time)
    {
        (_atOnce, _time) = (atOnce, time);
        Console.WriteLine();
        Console.WriteLine($"| {title} | a second | of the first | p50, µs | p99, µs |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
    }

    /// <summary>Measures, and writes a row.</summary>
    public async Task AddAsync(string name, Func<Task<Func<Task>>> call)
    {
        var rate = await CallRate.MeasureAsync(_atOnce, _time, call).ConfigureAwait(false);
        _first ??= rate;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {rate.PerSecond:N0} | {rate.PerSecond / _first.PerSecond:F1} | {rate.Median.TotalMicroseconds:N0} | {rate.Slow.TotalMicroseconds:N0} |"));
    }
}
