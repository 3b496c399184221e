using Pnet.Channels;
using Pnet.Frames;
using Pnet.Tests.Links;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Channels;

public sealed class FlowControlTests
{
    [Fact]
    public async Task A_slow_reader_stalls_its_own_channel_and_no_other()
    {
        const int Total = 4 << 20;
        await using var pair = await ChannelPair.ConnectAsync();
        var (slowNear, slowFar) = await pair.OpenAsync();
        var slowBytes = Bytes.Random(200_000, seed: 99);
        var slow = slowNear.WriteAsync(slowBytes).AsTask();
        var fast = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => pair.OpenAsync()));
        var sending = fast.Select((c, i) => Bytes.SendAsync(c.Near, Bytes.Random(50_000, i), Total)).ToList();
        var receiving = fast.Select(c => Bytes.ReceiveAsync(c.Far)).ToList();
        var received = await Task.WhenAll(receiving).Soon();
        var sent = await Task.WhenAll(sending).Soon();
        Assert.All(received.Zip(sent), pairs => Assert.Equal((Total, Convert.ToHexString(pairs.Second)), (pairs.First.Total, Convert.ToHexString(pairs.First.Hash))));
        // The slow one holds no more than its window, and loses nothing.
        Assert.False(slow.IsCompleted);
        Assert.Equal(Wire.InitialCredit, slowFar.Window);
        Assert.Equal(slowBytes, await Bytes.ReadExactlyAsync(slowFar, slowBytes.Length));
        await slow.Soon();
    }

    [Fact]
    public async Task Five_hundred_channels_at_once_carry_their_own_bytes_both_ways()
    {
        await using var pair = await ChannelPair.ConnectAsync();
        var work = Enumerable.Range(0, 500).Select(async i =>
        {
            var (near, far) = await pair.OpenAsync(i % 2 == 0);
            var (there, back) = (Bytes.Random(10_000 + i, i), Bytes.Random(9_000 + i, -i));
            var writing = Task.WhenAll(SendAsync(near, there), SendAsync(far, back));
            var reading = Task.WhenAll(Bytes.ReadExactlyAsync(far, there.Length), Bytes.ReadExactlyAsync(near, back.Length));
            var read = await reading;
            await writing;
            Assert.Equal(there, read[0]);
            Assert.Equal(back, read[1]);
            return (near, far);
        }).ToList();
        // Which far end belongs to which near one is settled by the order: all are opened before the first await goes on.
        var open = await Task.WhenAll(work).Soon();
        Assert.Equal((500, 500), (pair.A.Set.Count, pair.B.Set.Count));
        foreach (var (near, far) in open)
        {
            await near.EndAsync().Soon();
            await far.EndAsync().Soon();
        }
        await Waiting.UntilAsync(() => pair.A.Set.Count + pair.B.Set.Count == 0, "no channel is left");
        Assert.Equal((0, 0), (pair.A.Total.Used, pair.B.Total.Used));

        static async Task SendAsync(Channel channel, byte[] bytes) => await channel.WriteAsync(bytes);
    }

    [Fact]
    public async Task Data_is_sent_before_the_acceptance_as_far_as_the_first_credit_goes()
    {
        await using var pair = await ChannelPair.ConnectAsync();
        var near = pair.A.Set.Open(FrameAddress.OfService("x"));
        var bytes = Bytes.Random(Wire.InitialCredit);
        await near.WriteAsync(bytes).Soon();
        var far = await pair.B.NextAsync();
        Assert.Equal(bytes, await Bytes.ReadExactlyAsync(far, bytes.Length));
        await near.WaitAcceptedAsync().Soon();
    }

    [Fact]
    public async Task No_more_channels_are_opened_than_may_be_by_either_end()
    {
        await using var pair = await ChannelPair.ConnectAsync(new ChannelOptions { MaxChannels = 3 }, new ChannelOptions { MaxChannels = 2 });
        var (first, firstFar) = await pair.OpenAsync();
        await pair.OpenAsync(fromA: false);
        // The third is too many for B.
        var third = pair.A.Set.Open(FrameAddress.OfService("x"));
        await third.WaitAcceptedAsync().FailsAsync(PnetError.LimitReached, "2 channels are open on the link");
        Assert.Equal(PnetError.LimitReached, Assert.Throws<PnetException>(() => pair.B.Set.Open(FrameAddress.OfService("x"))).Error);
        await first.DisposeAsync();
        await Waiting.UntilAsync(() => firstFar.IsOver, "the first is closed");
        await pair.OpenAsync();
    }

    [Fact]
    public async Task No_more_is_buffered_on_a_link_than_may_be()
    {
        var options = new ChannelOptions { MaxBufferedPerLink = 3 * Wire.InitialCredit };
        await using var pair = await ChannelPair.ConnectAsync(new ChannelOptions(), options);
        var open = new List<(Channel Near, Channel Far)>();
        for (var i = 0; i < 3; i++)
            open.Add(await pair.OpenAsync());
        await pair.A.Set.Open(FrameAddress.OfService("x")).WaitAcceptedAsync().FailsAsync(PnetError.LimitReached, "as many bytes as they may");
        // A window that can't grow still carries everything.
        var sending = Bytes.SendAsync(open[0].Near, Bytes.Random(64_000), 8 << 20);
        var received = await Bytes.ReceiveAsync(open[0].Far).Soon();
        Assert.Equal(await sending.Soon(), received.Hash);
        Assert.Equal(3 * Wire.InitialCredit, pair.B.Total.Used);
        await open[1].Near.DisposeAsync();
        await Waiting.UntilAsync(() => open[1].Far.IsOver, "the second is closed");
        await pair.OpenAsync();
    }

    [Fact]
    public async Task No_more_is_buffered_on_all_links_than_may_be()
    {
        await using var pair = await ChannelPair.ConnectAsync(total: 2 * Wire.InitialCredit);
        await pair.OpenAsync();
        var (near, _) = await pair.OpenAsync();
        Assert.Equal(PnetError.LimitReached, Assert.Throws<PnetException>(() => pair.A.Set.Open(FrameAddress.OfService("x"))).Error);
        near.Reset(new Reason(ReasonCode.Closed, "closed"));
        await Waiting.UntilAsync(() => pair.B.Set.Count == 1, "the second is closed");
        await pair.OpenAsync();
    }

    [Fact]
    public async Task A_window_grows_on_a_long_path()
    {
        // So long that what a busy machine adds to it is little.
        var delay = TimeSpan.FromMilliseconds(150);
        var (near, far) = MemoryTransport.CreatePair(1 << 22);
        await using var pair = await ChannelPair.ConnectAsync(new LateTransport(near, delay), new LateTransport(far, delay));
        await Waiting.UntilAsync(() => pair.B.Link.RoundTrip is not null, "the round trip was measured");
        var (from, to) = await pair.OpenAsync();
        var sending = Bytes.SendAsync(from, Bytes.Random(60_000), 12 << 20);
        var widest = 0;
        var buffer = new byte[64 * 1024];
        for (long left = 12 << 20; left > 0; left -= await to.ReadAsync(buffer).Soon())
            widest = Math.Max(widest, to.Window);
        await sending.Soon();
        Assert.InRange(widest, 4 * Wire.InitialCredit, Wire.MaxWindow);
    }

    [Fact]
    public async Task Channels_that_send_as_much_as_they_can_get_like_shares()
    {
        // A transport that takes little at a time, so that every channel waits for its turn most of the time.
        await using var pair = await ChannelPair.ConnectAsync(capacity: 8 * 1024);
        var channels = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => pair.OpenAsync()));
        using var stop = new CancellationTokenSource();
        var counts = new long[channels.Length];
        var enough = new TaskCompletionSource();
        var sending = channels.Select((c, i) => Task.Run(async () =>
        {
            // Large and small writers alike.
            var block = new byte[i % 2 == 0 ? 60_000 : 2_000];
            while (!stop.IsCancellationRequested)
                await c.Near.WriteAsync(block, stop.Token);
        })).ToList();
        var receiving = channels.Select((c, i) => Task.Run(async () =>
        {
            var buffer = new byte[16 * 1024];
            while (true)
            {
                Interlocked.Add(ref counts[i], await c.Far.ReadAsync(buffer, stop.Token));
                if (counts.Sum() > 40 << 20)
                    enough.TrySetResult();
            }
        })).ToList();
        await enough.Task.Soon();
        var shares = counts.Select(c => c / (double)counts.Sum()).ToList();
        await stop.CancelAsync();
        await Task.WhenAll(sending.Concat(receiving)).ContinueWith(static _ => { }, TaskScheduler.Default).Soon();
        // By frames, of up to 64 KiB: those that write little at a time get less, and none starves.
        Assert.All(shares, share => Assert.InRange(share, 0.004, 0.6));
        var large = shares.Where((_, i) => i % 2 == 0).ToList();
        Assert.True(large.Max() < 3 * large.Min(), string.Join(", ", shares));
    }
}
