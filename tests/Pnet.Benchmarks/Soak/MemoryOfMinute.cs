using System.Globalization;
using Pnet.Benchmarks.Throughput;

namespace Pnet.Benchmarks.Soak;

/// <summary>What one daemon held in a minute.</summary>
/// <param name="Resident">Bytes resident, the median of the minute.</param>
/// <param name="Own">Those of them that are in no file: heaps, stacks, compiled code; the median.</param>
/// <param name="Live">Bytes that the minute's last collection left on the managed heap; 0 before the first.</param>
/// <param name="Collections">Collections since the start.</param>
internal sealed record MemoryOfMinute(long Resident, long Own, long Live, long Collections)
{
    /// <summary>As columns of the table.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Resident / 1e6:F1} | {Own / 1e6:F1} | {(Collections == 0 ? "–" : $"{Live / 1e6:F1}")} | {Collections}");

    /// <summary>What is resident of a process just now.</summary>
    /// <returns>All of it, and what of that is in no file.</returns>
    public static (long Resident, long Own) Look(int process) =>
        (ProcessTree.Memory(process, "VmRSS"), ProcessTree.Memory(process, "RssAnon") + ProcessTree.Memory(process, "RssShmem"));
}
