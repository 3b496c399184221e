using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Files;

/// <summary><c>r2 cp --fsync</c>: what the one who writes asks of the kernel, and in which order.</summary>
public sealed class FlushTests
{
    private const string Traced = "trace=fsync,syncfs,renameat2";

    [RootFact("strace")]
    public async Task A_file_that_is_received_is_on_the_disk_before_it_has_its_name_and_all_is_before_the_end()
    {
        await using var files = await FileNetwork.StartAsync();
        (await files.Network.ShAsync($"echo text >{files.Share}/one")).Succeeds();

        string[] flushed = await TraceAsync(files, "cp", "--fsync", "b/c:one", files.PathOf("a"));
        string[] others = await TraceAsync(files, "cp", "b/c:one", files.PathOf("b"));

        IsInOrder(flushed);
        Assert.DoesNotContain(others, line => line.Contains("sync", StringComparison.Ordinal));
        Assert.Contains(others, line => line.Contains("renameat2(", StringComparison.Ordinal));
    }

    [RootFact("strace")]
    public async Task A_file_that_is_sent_is_on_the_other_node_s_disk_before_it_has_its_name_and_all_is_before_the_end()
    {
        await using var files = await FileNetwork.StartAsync();
        (await files.Network.ShAsync($"echo text >{files.PathOf("one")}")).Succeeds();
        var strace = files.Network.Start("strace", "-f", "-o", files.PathOf("trace"), "-e", Traced, "-p", $"{files.C.ProcessId}");
        await strace.LineAsync("attached");

        (await files.A.R2Async("cp", "--fsync", files.PathOf("one"), "b/c:")).Succeeds();

        strace.Signal(Signals.Interrupt);
        await strace.ExitAsync();
        IsInOrder(await File.ReadAllLinesAsync(files.PathOf("trace")));
    }

    private static async Task<string[]> TraceAsync(FileNetwork files, params string[] words)
    {
        (await files.Network.RunAsync("strace", ["-f", "-o", files.PathOf("trace"), "-e", Traced, "r2", "-s", files.A.SocketPath, .. words])).Succeeds();
        return await File.ReadAllLinesAsync(files.PathOf("trace"));
    }

    private static void IsInOrder(string[] trace)
    {
        string all = string.Join('\n', trace);
        int flushed = Array.FindLastIndex(trace, line => line.Contains(" fsync", StringComparison.Ordinal) && line.EndsWith("= 0", StringComparison.Ordinal));
        int named = Array.FindIndex(trace, line => line.Contains("renameat2(", StringComparison.Ordinal));
        int ended = Array.FindIndex(trace, line => line.Contains("syncfs(", StringComparison.Ordinal));
        Assert.True(flushed >= 0 && flushed < named && named < ended, all);
    }
}
