using System.IO.Pipelines;
using Pnet.Transports;

namespace Pnet.Tests.Transports;

public sealed class SpliceTests
{
    private readonly MemoryTransport _a;
    private readonly MemoryTransport _left;
    private readonly MemoryTransport _right;
    private readonly MemoryTransport _b;

    public SpliceTests()
    {
        // a <-> left = splice = right <-> b
        (_a, _left) = MemoryTransport.CreatePair();
        (_right, _b) = MemoryTransport.CreatePair();
    }

    [Fact]
    public async Task Bytes_ends_and_counts_go_both_ways()
    {
        var counters = new SpliceCounters();
        Task<SpliceResult> splice = Splice.RunAsync(_left, _right, counters);
        await _a.WriteAsync("question"u8.ToArray());
        Assert.Equal("question"u8.ToArray(), await Bytes.ReadExactlyAsync(_b, 8));
        await ProcessList.UntilAsync(() => counters.BytesFromA == 8, "the counter should follow");
        await _a.EndAsync();
        Assert.Equal("", await Bytes.ReadTextAsync(_b));
        Assert.False(splice.IsCompleted);

        await _b.WriteAsync("answer!"u8.ToArray());
        await _b.EndAsync(3);
        Assert.Equal("answer!", await Bytes.ReadTextAsync(_a));
        Assert.Equal(3, _a.EndStatus);

        Assert.Equal(new SpliceResult(8, 7, null, 3), await splice.WaitAsync(Bytes.Soon));
        Assert.Equal((8, 7), (counters.BytesFromA, counters.BytesFromB));
    }

    [Fact]
    public async Task A_side_that_exits_ends_the_splice_though_the_other_one_is_silent()
    {
        Task<SpliceResult> splice = Splice.RunAsync(_left, _right);
        await _b.WriteAsync("last words"u8.ToArray());
        await _b.EndAsync(0);

        Assert.Equal(new SpliceResult(0, 10, null, 0), await splice.WaitAsync(Bytes.Soon));
        Assert.Equal("last words", await Bytes.ReadTextAsync(_a));
        Assert.Equal(0, _a.EndStatus);
    }

    [Fact]
    public async Task A_side_that_is_cut_as_soon_as_it_hears_that_the_other_has_exited_is_no_failure()
    {
        Task<SpliceResult> splice = Splice.RunAsync(new Hasty(), _right);
        await _b.WriteAsync("bye"u8.ToArray());
        await _b.EndAsync(4);

        Assert.Equal(new SpliceResult(0, 3, null, 4), await splice.WaitAsync(Bytes.Soon));
    }

    [Fact]
    public async Task A_side_that_is_cut_as_soon_as_it_hears_that_the_other_sends_no_more_is_one()
    {
        Task<SpliceResult> splice = Splice.RunAsync(new Hasty(), _right);
        await _b.EndAsync();

        SpliceException e = await Assert.ThrowsAsync<SpliceException>(() => splice.WaitAsync(Bytes.Soon));
        Assert.Equal("cut off", e.Message);
    }

    [Fact]
    public async Task A_cut_names_the_side_that_failed()
    {
        Task<SpliceResult> splice = Splice.RunAsync(_left, _right);
        _b.Abort();

        SpliceException e = await Assert.ThrowsAsync<SpliceException>(() => splice.WaitAsync(Bytes.Soon));
        Assert.Same(_right, e.Side);
    }

    [Fact]
    public async Task A_cancelled_splice_is_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        Task<SpliceResult> splice = Splice.RunAsync(_left, _right, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => splice.WaitAsync(Bytes.Soon));
    }

    [Fact]
    public async Task A_program_that_reads_only_the_beginning_still_answers()
    {
        await using var head = ProcessTransport.Start("head -n 1; exit 5");
        Task<SpliceResult> splice = Splice.RunAsync(_left, head);
        Task<string> answer = Bytes.ReadTextAsync(_a);
        Exception? stopped = await Record.ExceptionAsync(async () =>
        {
            byte[] block = Bytes.Random(64 * 1024);
            "hello\n"u8.CopyTo(block);
            while (!splice.IsCompleted)
                await _a.WriteAsync(block).AsTask().WaitAsync(TimeSpan.FromMilliseconds(500));
        });

        Assert.True(stopped is null or TimeoutException, stopped?.ToString());
        Assert.Equal(5, (await splice.WaitAsync(Bytes.Soon)).StatusB);
        Assert.Equal("hello\n", await answer);
        Assert.Equal(5, _a.EndStatus);
    }

    [Fact]
    public async Task A_side_that_reads_no_more_and_says_nothing_fails()
    {
        var deaf = new DeafTransport();
        Task<SpliceResult> splice = Splice.RunAsync(_left, deaf);
        await _a.WriteAsync(new byte[10]);

        SpliceException e = await Assert.ThrowsAsync<SpliceException>(() => splice.WaitAsync(Bytes.Soon));
        Assert.Same(deaf, e.Side);
        Assert.Equal("I can't hear you", e.Message);
    }

    [Fact]
    public async Task Two_programs_talk()
    {
        await using var words = ProcessTransport.Start("seq 1 100000");
        await using var count = ProcessTransport.Start("awk 'END { print NR > \"/dev/stderr\"; exit 9 }'");

        SpliceResult result = await Splice.RunAsync(words, count).WaitAsync(Bytes.Soon);

        // seq exits, so what awk might say to it is dropped; but awk hears the end.
        Assert.Equal((588_895, 0), (result.BytesFromA, result.StatusA));
        Assert.Equal(9, await count.Exited.WaitAsync(Bytes.Soon));
        Assert.EndsWith("status 9: 100000", count.ExitError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_with_buffers_of_its_own_is_read_in_place()
    {
        var pipe = new Pipe();
        var source = new BufferedTransport(pipe.Reader);
        byte[] bytes = Bytes.Random(300_000);
        Task<SpliceResult> splice = Splice.RunAsync(source, _right);
        Task write = pipe.Writer.WriteAsync(bytes).AsTask();

        Assert.Equal(bytes, await Bytes.ReadExactlyAsync(_b, bytes.Length));
        await write;
        await pipe.Writer.CompleteAsync();
        Assert.Equal(0, await _b.ReadAsync(new byte[1]));
        Assert.Equal(17, _b.EndStatus);
        Assert.Equal(new SpliceResult(300_000, 0, 17, null), await splice.WaitAsync(Bytes.Soon));
    }

    [Fact]
    public async Task A_large_transfer_arrives_unchanged_each_way()
    {
        const long total = 128L * 1024 * 1024;
        Task<SpliceResult> splice = Splice.RunAsync(_left, _right);
        Task<byte[]> sentByA = Task.Run(() => Bytes.SendAsync(_a, Bytes.Random(70_001, seed: 1), total));
        Task<byte[]> sentByB = Task.Run(() => Bytes.SendAsync(_b, Bytes.Random(65_536, seed: 2), total));
        Task<(long Total, byte[] Hash)> gotByA = Task.Run(() => Bytes.ReceiveAsync(_a));
        Task<(long Total, byte[] Hash)> gotByB = Task.Run(() => Bytes.ReceiveAsync(_b));

        Assert.Equal(await sentByB, (await gotByA).Hash);
        Assert.Equal(await sentByA, (await gotByB).Hash);
        Assert.Equal(new SpliceResult(total, total, null, null), await splice);
    }

    /// <summary>Fails to write, and is silent until it is cancelled.</summary>
    private sealed class DeafTransport : ITransport
    {
        public string Description => "deaf";

        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("I can't hear you");

        public ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Fails to be read within the call that ends its input.</summary>
    private sealed class Hasty : ITransport
    {
        private readonly TaskCompletionSource<int> _cut = new();

        public string Description => "hasty";

        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => await _cut.Task;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default)
        {
            _cut.TrySetException(new IOException("cut off"));
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class BufferedTransport(PipeReader input) : IBufferedTransport
    {
        public string Description => "buffered";

        public int? EndStatus => 17;

        public PipeReader Input => input;

        public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("it should be read in place");

        public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
