using System.Globalization;
using System.Runtime.InteropServices;

namespace Pnet.Benchmarks;

/// <summary>What figures are worth nothing without: the machine, and what else it does.</summary>
internal static class Machine
{
    /// <summary>The machine, in a line.</summary>
    public static string Describe() =>
        $"{Environment.ProcessorCount} processors{Model()}, {RuntimeInformation.OSDescription}, .NET {Environment.Version}";

    /// <summary>The load average of the last minute, five and fifteen.</summary>
    public static string Load() => File.Exists("/proc/loadavg")
        ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3))
        : "unknown";

    private static string Model()
    {
        const string Field = "model name";
        string? line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(one => one.StartsWith(Field, StringComparison.Ordinal)) : null;
        return line is null ? "" : string.Create(CultureInfo.InvariantCulture, $" ({line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()})");
    }
}
