using System.Globalization;

namespace Pnet.Cli.Output;

/// <summary>Numbers as people read them.</summary>
internal static class Human
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>A number of bytes with three digits: <c>0 B</c>, <c>1.46 KiB</c>, <c>23.4 MiB</c>.</summary>
    public static string Size(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return unit == 0 ? $"{bytes} B" : $"{Digits(value)} {Units[unit]}";
    }

    /// <summary>How many bytes a second: <c>23.4 MiB/s</c>.</summary>
    public static string Rate(long bytes, TimeSpan time) => $"{Size((long)(bytes / Math.Max(time.TotalSeconds, 0.001)))}/s";

    /// <summary>A round trip with three digits: <c>31 µs</c>, <c>0.42 ms</c>, <c>12.3 ms</c>, <c>1.20 s</c>; <c>-</c> where there is none.</summary>
    public static string Latency(TimeSpan? time) => time switch
    {
        null => "-",
        { TotalMilliseconds: < 0.1 } t => string.Create(CultureInfo.InvariantCulture, $"{t.TotalMicroseconds:0} µs"),
        { TotalSeconds: < 1 } t => $"{Digits(t.TotalMilliseconds)} ms",
        { } t => $"{Digits(t.TotalSeconds)} s",
    };

    /// <summary>A long time in its two largest units: <c>12s</c>, <c>3m 20s</c>, <c>5h 1m</c>, <c>12d 4h</c>.</summary>
    public static string Age(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => "0s",
        { TotalMinutes: < 1 } => $"{time.Seconds}s",
        { TotalHours: < 1 } => $"{time.Minutes}m {time.Seconds}s",
        { TotalDays: < 1 } => $"{time.Hours}h {time.Minutes}m",
        _ => $"{(int)time.TotalDays}d {time.Hours}h",
    };

    /// <summary>How long ago something was.</summary>
    public static string Since(DateTimeOffset? start) => start is { } then ? Age(DateTimeOffset.UtcNow - then) : "-";

    /// <summary>A number with its thousands apart.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Digits(double value) =>
        value.ToString(value switch { < 9.995 => "0.00", < 99.95 => "0.0", _ => "0" }, CultureInfo.InvariantCulture);
}
