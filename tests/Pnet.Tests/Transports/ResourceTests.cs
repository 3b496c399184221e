using System.Diagnostics;
using Pnet.Transports;

namespace Pnet.Tests.Transports;

[Collection(MeasuredAlone.Name)]
public sealed class ResourceTests
{
#if DEBUG
    // Without optimisation every asynchronous call is an object.
    private const int AllocationLimit = 8_000_000;
#else
    private const int AllocationLimit = 400_000;
#endif

    [Fact]
    public async Task Two_hundred_commands_take_no_threads_and_leave_nothing_behind()
    {
        await RunCommandsAsync(3);
        await SettleAsync();
        int descriptors = Descriptors();
        List<int> children = ProcessList.Children();
        int threads = Threads();

        await RunCommandsAsync(200, () => Assert.InRange(Threads(), 1, threads + 12));

        await ProcessList.UntilAsync(() => Descriptors() <= descriptors, $"{Descriptors()} descriptors, {descriptors} before");
        Assert.Equal([], ProcessList.Children().Except(children));
    }

    [Fact]
    public async Task Commands_that_end_in_every_way_leave_nothing_behind()
    {
        string[] commands = ["exit 1", "no-such-program", "kill -9 $$", "sleep 1000", "trap '' TERM; sleep 1000", "sleep 1000 & sleep 1000 & exit 0", "exec >&- <&-; sleep 1000", "yes"];
        var options = new ProcessOptions { TerminateGrace = TimeSpan.FromMilliseconds(200) };
        List<int> children = ProcessList.Children();
        await using (ProcessTransport.Start("true"))
        {
        }

        await SettleAsync();
        int descriptors = Descriptors();
        for (int round = 0; round < 3; round++)
        {
            ProcessTransport[] all = [.. commands.Select(c => ProcessTransport.Start(c, options))];
            await Task.WhenAll(all.Select(t => t.DisposeAsync().AsTask())).WaitAsync(Bytes.Soon);
        }

        await ProcessList.UntilAsync(() => Descriptors() <= descriptors, $"{Descriptors()} descriptors, {descriptors} before");
        Assert.Equal([], ProcessList.Children().Except(children));
    }

    [Fact]
    public async Task Failed_starts_and_dials_leave_no_descriptors()
    {
        var registry = TransportRegistry.CreateDefault();
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.File("file"), "");
        async Task FailAsync()
        {
            Assert.Throws<PnetException>(() => ProcessTransport.Start("true", new ProcessOptions { Shell = "/no/such/shell" }));
            await Assert.ThrowsAsync<PnetException>(() => registry.DialAsync("unix://" + directory.File("none")).AsTask());
            await Assert.ThrowsAsync<PnetException>(() => registry.ListenAsync("unix://" + directory.File("file")).AsTask());
            await Assert.ThrowsAsync<PnetException>(() => registry.DialAsync("tcp://127.0.0.1:1").AsTask());
        }

        await FailAsync();
        await SettleAsync();
        int descriptors = Descriptors();
        for (int i = 0; i < 20; i++)
            await FailAsync();

        await ProcessList.UntilAsync(() => Descriptors() <= descriptors, $"{Descriptors()} descriptors, {descriptors} before");
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("tcp")]
    [InlineData("unix")]
    [InlineData("process")]
    [InlineData("stdio")]
    public async Task A_long_transfer_allocates_next_to_nothing(string kind)
    {
        using var directory = new TemporaryDirectory();
        using var given = new GivenDescriptors();
        (ITransport a, ITransport b) = await CreateAsync(kind, directory, given);
        byte[] block = Bytes.Random(64 * 1024);
        await TransferAsync(a, b, block, 200);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await TransferAsync(a, b, block, 4000);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        // 4,000 writes and as many reads or more: a single box for each would be more than this.
        Assert.InRange(allocated, 0, AllocationLimit);
        await a.DisposeAsync();
        await b.DisposeAsync();
    }

    private static async Task TransferAsync(ITransport a, ITransport b, byte[] block, int blocks)
    {
        Task write = Task.Run(async () =>
        {
            for (int i = 0; i < blocks; i++)
                await a.WriteAsync(block);
        });
        byte[] buffer = new byte[64 * 1024];
        for (long left = (long)blocks * block.Length; left > 0;)
            left -= await b.ReadAsync(buffer);
        await write;
    }

    private static async Task<(ITransport A, ITransport B)> CreateAsync(string kind, TemporaryDirectory directory, GivenDescriptors given)
    {
        switch (kind)
        {
            case "memory":
                (MemoryTransport m, MemoryTransport n) = MemoryTransport.CreatePair();
                return (m, n);
            case "stdio":
                (int readThere, int writeThere) = given.Pipe();
                (int readBack, int writeBack) = given.Pipe();
                return (new StdioTransport(readBack, writeThere), new StdioTransport(readThere, writeBack));
            default:
                var registry = TransportRegistry.CreateDefault();
                string path = directory.File("s");
                await using (IListener listener = await registry.ListenAsync(kind == "tcp" ? "tcp://127.0.0.1:0" : "unix://" + path))
                {
                    ITransport a = await registry.DialAsync(kind == "process" ? $"socat unix-connect:{path} -" : listener.Endpoint);
                    return (a, await listener.AcceptAsync());
                }
        }
    }

    private static async Task RunCommandsAsync(int count, Action? meanwhile = null)
    {
        ProcessTransport[] all = [.. Enumerable.Range(0, count).Select(_ => ProcessTransport.Start("cat"))];
        try
        {
            byte[] hello = "hello"u8.ToArray();
            await Task.WhenAll(all.Select(async t =>
            {
                await t.WriteAsync(hello);
                Assert.Equal(hello, await Bytes.ReadExactlyAsync(t, hello.Length));
            }));
            meanwhile?.Invoke();
            foreach (ProcessTransport process in all)
                await process.EndAsync();
            Assert.All(await Task.WhenAll(all.Select(t => t.Exited)).WaitAsync(Bytes.Soon), s => Assert.Equal(0, s));
        }
        finally
        {
            await Task.WhenAll(all.Select(t => t.DisposeAsync().AsTask()));
        }
    }

    // What earlier tests dropped without closing it shouldn't be closed while this one counts.
    private static async Task SettleAsync()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Yield();
        }
    }

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static int Threads()
    {
        using var self = Process.GetCurrentProcess();
        return self.Threads.Count;
    }
}
