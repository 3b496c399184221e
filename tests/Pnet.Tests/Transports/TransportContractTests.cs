using Pnet.Transports;

namespace Pnet.Tests.Transports;

/// <summary>What every stream transport does, whatever it is made of.</summary>
public abstract class TransportContractTests : IAsyncLifetime
{
    private readonly List<IDisposable> _owned = [];

    protected ITransport A { get; private set; } = null!;

    protected ITransport B { get; private set; } = null!;

    public async Task InitializeAsync() => (A, B) = await CreateAsync();

    public async Task DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
        _owned.ForEach(o => o.Dispose());
    }

    [Fact]
    public async Task A_quarter_gigabyte_arrives_unchanged_each_way()
    {
        const long total = 256L * 1024 * 1024;
        Task<byte[]> sentByA = Task.Run(() => Bytes.SendAsync(A, Bytes.Random(100_003, seed: 1), total));
        Task<byte[]> sentByB = Task.Run(() => Bytes.SendAsync(B, Bytes.Random(65_536, seed: 2), total));
        Task<(long Total, byte[] Hash)> gotByA = Task.Run(() => Bytes.ReceiveAsync(A));
        Task<(long Total, byte[] Hash)> gotByB = Task.Run(() => Bytes.ReceiveAsync(B));

        Assert.Equal(total, (await gotByA).Total);
        Assert.Equal(total, (await gotByB).Total);
        Assert.Equal(await sentByB, (await gotByA).Hash);
        Assert.Equal(await sentByA, (await gotByB).Hash);
    }

    [Fact]
    public async Task One_byte_at_a_time_arrives()
    {
        byte[] bytes = Bytes.Random(2000);
        Task send = Task.Run(async () =>
        {
            foreach (byte b in bytes)
                await A.WriteAsync(new[] { b });
            await A.EndAsync();
        });
        byte[] one = new byte[1];
        for (int i = 0; i < bytes.Length; i++)
        {
            Assert.Equal(1, await B.ReadAsync(one).AsTask().WaitAsync(Bytes.Soon));
            Assert.Equal(bytes[i], one[0]);
        }

        Assert.Equal(0, await B.ReadAsync(one).AsTask().WaitAsync(Bytes.Soon));
        await send;
    }

    [Fact]
    public async Task Each_direction_ends_by_itself()
    {
        await A.WriteAsync("question"u8.ToArray());
        await A.EndAsync();
        Assert.Equal("question", await Bytes.ReadTextAsync(B));

        await B.WriteAsync("answer"u8.ToArray());
        await B.EndAsync();
        Assert.Equal("answer", await Bytes.ReadTextAsync(A));
    }

    [Fact]
    public async Task An_empty_read_completes_when_there_is_something_to_read_and_takes_nothing()
    {
        Task<int> wait = A.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(wait.IsCompleted);

        await B.WriteAsync(new byte[] { 7 });
        Assert.Equal(0, await wait.WaitAsync(Bytes.Soon));
        Assert.Equal(0, await A.ReadAsync(Memory<byte>.Empty).AsTask().WaitAsync(Bytes.Soon));
        Assert.Equal([7], await Bytes.ReadExactlyAsync(A, 1));

        wait = A.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(wait.IsCompleted);
        await B.EndAsync();
        Assert.Equal(0, await wait.WaitAsync(Bytes.Soon));
        Assert.Equal(0, await A.ReadAsync(new byte[1]).AsTask().WaitAsync(Bytes.Soon));
        Assert.Equal(0, await A.ReadAsync(new byte[1]).AsTask().WaitAsync(Bytes.Soon));
    }

    [Fact]
    public async Task A_cancelled_read_leaves_the_transport_usable()
    {
        using (var cancel = new CancellationTokenSource())
        {
            Task<int> read = A.ReadAsync(new byte[10], cancel.Token).AsTask();
            Task<int> again = Task.Run(async () =>
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
                return 1;
            });
            await cancel.CancelAsync();
            await again.WaitAsync(Bytes.Soon);
        }

        using (var cancelled = new CancellationTokenSource())
        {
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => A.ReadAsync(new byte[1], cancelled.Token).AsTask());
        }

        await B.WriteAsync("still here"u8.ToArray());
        Assert.Equal("still here"u8.ToArray(), await Bytes.ReadExactlyAsync(A, 10));
    }

    [Fact]
    public async Task A_slow_reader_holds_its_writer_up()
    {
        byte[] block = Bytes.Random(64 * 1024);
        using var stop = new CancellationTokenSource();
        long written = 0;
        Task write = Task.Run(async () =>
        {
            while (true)
            {
                await A.WriteAsync(block, stop.Token);
                Interlocked.Add(ref written, block.Length);
            }
        });

        // Nobody reads: what is in between fills up, then the writer stands still.
        long before;
        do
        {
            before = Interlocked.Read(ref written);
            await Task.WhenAny(write, Task.Delay(300));
        }
        while (before != Interlocked.Read(ref written));
        Assert.False(write.IsCompleted, write.Exception?.ToString());
        Assert.InRange(before, 0, 16L * 1024 * 1024);

        // And goes on once somebody does, without losing anything.
        byte[] got = await Bytes.ReadExactlyAsync(B, (int)before + 4 * block.Length);
        for (int i = 0; i < got.Length; i += block.Length)
            Assert.True(got.AsSpan(i, block.Length).SequenceEqual(block), $"block at {i}");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
    }

    [Fact]
    public async Task Disposal_ends_a_pending_read_and_tells_the_other_end()
    {
        Task<int> read = A.ReadAsync(new byte[1]).AsTask();
        await A.DisposeAsync();

        Exception? e = await Record.ExceptionAsync(() => read.WaitAsync(Bytes.Soon));
        Assert.True(e is ObjectDisposedException or OperationCanceledException or IOException, e?.ToString());
        Assert.Equal(0, await B.ReadAsync(new byte[1]).AsTask().WaitAsync(Bytes.Soon));
        await A.DisposeAsync();
    }

    [Fact]
    public async Task Writing_to_an_end_that_was_disposed_fails()
    {
        await B.DisposeAsync();
        byte[] block = new byte[64 * 1024];

        Exception? failure = null;
        for (int i = 0; i < 1000 && failure is null; i++)
            failure = await Record.ExceptionAsync(() => A.WriteAsync(block).AsTask().WaitAsync(Bytes.Soon));
        Assert.NotEmpty(Assert.IsAssignableFrom<IOException>(failure).Message);
    }

    protected abstract Task<(ITransport A, ITransport B)> CreateAsync();

    /// <summary>Disposes something with the test.</summary>
    protected T Own<T>(T disposable) where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }

    /// <summary>Connects over a listener.</summary>
    private protected static async Task<(ITransport A, ITransport B)> ConnectAsync(string endpoint, Func<string, string>? dial = null)
    {
        var registry = TransportRegistry.CreateDefault();
        await using IListener listener = await registry.ListenAsync(endpoint);
        Task<ITransport> accept = listener.AcceptAsync().AsTask();
        ITransport a = await registry.DialAsync(dial?.Invoke(listener.Endpoint) ?? listener.Endpoint);
        return (a, await accept.WaitAsync(Bytes.Soon));
    }
}
