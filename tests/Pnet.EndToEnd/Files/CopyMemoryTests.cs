using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Files;

/// <summary>What a large file takes of memory, at each of the four programs that it passes.</summary>
public sealed class CopyMemoryTests
{
    private const long Mebibyte = 1024 * 1024;
    private const long Large = 512 * Mebibyte;
    private const long Small = Mebibyte;

    /// <summary>How much more a daemon may take at its peak for a large file than for a small one: windows of up to 16 MiB, and what the collector has yet to collect.</summary>
    private const long More = 128 * Mebibyte;

    /// <summary>How much <c>r2</c> may take in all; it lives for one copy, and there is no smaller one to compare with.</summary>
    private const long Manager = 256 * Mebibyte;

    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_file_takes_no_more_memory_than_a_small_one_at_either_end_and_between(bool sends)
    {
        await using var files = await FileNetwork.StartAsync();
        Daemon[] daemons = [files.A, files.B, files.C];
        string from = sends ? files.Network.Directory : files.Share;
        await files.Network.ShAsync($"truncate -s {Small} {from}/small; truncate -s {Large} {from}/large");
        Task<long> CopyAsync(string name) => PeakOfCopyAsync(files, sends ? [files.PathOf(name), $"b/c:{name}"] : [$"b/c:{name}", files.PathOf(name)]);

        await CopyAsync("small");
        long[] small = Array.ConvertAll(daemons, daemon => ProcessTable.TryPeakBytes(daemon.ProcessId));
        long manager = await CopyAsync("large");
        long[] large = Array.ConvertAll(daemons, daemon => ProcessTable.TryPeakBytes(daemon.ProcessId));

        Assert.Equal(Large, new FileInfo(sends ? $"{files.Share}/large" : files.PathOf("large")).Length);
        Assert.All(small, peak => Assert.True(peak > 0));
        for (int i = 0; i < daemons.Length; i++)
            Assert.True(large[i] - small[i] < More, $"{daemons[i].Name}: {small[i] / Mebibyte} MiB for a small file, {large[i] / Mebibyte} MiB for a large one");
        Assert.True(manager is > 0 and < Manager, $"r2: {manager / Mebibyte} MiB");
    }

    /// <summary>Copies, and looks meanwhile at the most that <c>r2</c> has taken so far.</summary>
    private static async Task<long> PeakOfCopyAsync(FileNetwork files, string[] words)
    {
        var copy = files.A.StartR2(["cp", .. words]);
        long peak = 0;
        await Bounded.UntilAsync(
            "the copy",
            () =>
            {
                peak = Math.Max(peak, ProcessTable.TryPeakBytes(copy.Id));
                return copy.HasExited;
            },
            Long);
        Assert.True(await copy.ExitAsync() == 0, copy.Text);
        return peak;
    }
}
