using Pnet.Transports;

namespace Pnet.Tests.Transports;

public sealed class MemoryTransportTests
{
    [Fact]
    public async Task A_status_goes_with_the_end()
    {
        (MemoryTransport a, MemoryTransport b) = MemoryTransport.CreatePair();
        await a.WriteAsync(new byte[] { 1 });
        await a.EndAsync(42);

        Assert.Null(b.EndStatus);
        Assert.Equal(1, await b.ReadAsync(new byte[5]));
        Assert.Null(b.EndStatus);
        Assert.Equal(0, await b.ReadAsync(new byte[5]));
        Assert.Equal(42, b.EndStatus);
        Assert.Null(a.EndStatus);
    }

    [Fact]
    public async Task A_cut_fails_both_ends_and_whatever_waits()
    {
        (MemoryTransport a, MemoryTransport b) = MemoryTransport.CreatePair(10);
        await a.WriteAsync(new byte[5]);
        Task write = b.WriteAsync(new byte[100]).AsTask();
        Task<int> read = b.ReadAsync(new byte[5]).AsTask();
        Assert.Equal(5, await read);
        read = b.ReadAsync(new byte[5]).AsTask();
        Assert.False(write.IsCompleted || read.IsCompleted);

        a.Abort();

        await Assert.ThrowsAsync<IOException>(() => write.WaitAsync(Bytes.Soon));
        await Assert.ThrowsAsync<IOException>(() => read.WaitAsync(Bytes.Soon));
        await Assert.ThrowsAsync<IOException>(() => a.ReadAsync(new byte[1]).AsTask());
        await Assert.ThrowsAsync<IOException>(() => a.WriteAsync(new byte[1]).AsTask());
    }

    [Fact]
    public async Task Capacity_bounds_what_waits()
    {
        (MemoryTransport a, MemoryTransport b) = MemoryTransport.CreatePair(1000);
        Task write = a.WriteAsync(new byte[10_000]).AsTask();
        Assert.False(write.IsCompleted);

        int waiting = await b.ReadAsync(new byte[10_000]);
        Assert.InRange(waiting, 1, 2000);
        await Bytes.ReadExactlyAsync(b, 10_000 - waiting);
        await write.WaitAsync(Bytes.Soon);
    }

    [Fact]
    public async Task Writing_after_the_end_is_a_mistake_of_the_caller()
    {
        (MemoryTransport a, _) = MemoryTransport.CreatePair();
        await a.EndAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => a.WriteAsync(new byte[1]).AsTask());
    }

    [Fact]
    public async Task Ends_may_be_disposed_while_they_are_used()
    {
        for (int round = 0; round < 100; round++)
        {
            (MemoryTransport a, MemoryTransport b) = MemoryTransport.CreatePair(1000);
            Task write = Task.Run(async () =>
            {
                while (true)
                    await a.WriteAsync(new byte[700]);
            });
            Task read = Task.Run(async () =>
            {
                while (await b.ReadAsync(new byte[300]) > 0)
                {
                }
            });
            for (int spin = 0; spin < round * 20; spin++)
                Thread.SpinWait(10);
            await (round % 2 == 0 ? a : b).DisposeAsync();

            Exception? e = await Record.ExceptionAsync(() => write.WaitAsync(Bytes.Soon));
            Assert.True(e is IOException or ObjectDisposedException, e?.ToString());
            e = await Record.ExceptionAsync(() => read.WaitAsync(Bytes.Soon));
            Assert.True(e is null or ObjectDisposedException, e?.ToString());
        }
    }
}
