using Pnet.Channels;
using Pnet.Frames;
using Pnet.Tests.Links;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Channels;

public sealed class ChannelTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_direction_ends_by_itself_with_its_status(bool fromA)
    {
        await using var pair = await ChannelPair.ConnectAsync();
        var (near, far) = await pair.OpenAsync(fromA);
        await near.WriteAsync("question"u8.ToArray()).Soon();
        await near.EndAsync(3).Soon();
        Assert.Equal("question", await Bytes.ReadTextAsync(far));
        Assert.Equal(3, far.EndStatus);
        Assert.Null(near.EndStatus);
        await Assert.ThrowsAsync<InvalidOperationException>(() => near.WriteAsync(new byte[1]).AsTask());
        // The other direction goes on.
        var answer = Bytes.Random(300_000);
        var writing = far.WriteAsync(answer).Soon();
        Assert.Equal(answer, await Bytes.ReadExactlyAsync(near, answer.Length));
        await writing;
        await far.EndAsync().Soon();
        Assert.Equal(0, await near.ReadAsync(new byte[1]).Soon());
        Assert.Null(near.EndStatus);
        await Waiting.UntilAsync(() => near.IsOver && far.IsOver, "both ends are over");
        await NothingLeftAsync(pair);
    }

    [Fact]
    public async Task A_channel_can_end_before_it_is_read_and_every_byte_is_still_there()
    {
        await using var pair = await ChannelPair.ConnectAsync();
        var (near, far) = await pair.OpenAsync();
        await near.WriteAsync(Bytes.Random(60_000)).Soon();
        await near.EndAsync(0).Soon();
        await far.EndAsync(9).Soon();
        await Waiting.UntilAsync(() => near.IsOver && far.IsOver, "both ends are over");
        await far.DisposeAsync();
        Assert.Equal(Bytes.Random(60_000), await Bytes.ReadExactlyAsync(far, 60_000));
        Assert.Equal(0, await far.ReadAsync(new byte[1]).Soon());
        Assert.Equal((0, 9), (far.EndStatus, await StatusAsync(near)));
        await NothingLeftAsync(pair);
    }

    [Fact]
    public async Task What_came_before_an_end_and_a_reset_is_read_with_its_status()
    {
        await using var pair = await ChannelPair.ConnectAsync();
        var (near, far) = await pair.OpenAsync();
        await far.WriteAsync("last words"u8.ToArray()).Soon();
        await far.EndAsync(7).Soon();
        far.Reset(new Reason(ReasonCode.Closed, "closed"));
        await Waiting.UntilAsync(() => near.IsOver, "the reset has come");
        Assert.Equal("last words", await Bytes.ReadTextAsync(near));
        Assert.Equal(7, near.EndStatus);
        await near.WriteAsync(new byte[1]).AsTask().FailsAsync(PnetError.Closed, "closed");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reset_reaches_whoever_reads_or_writes_at_both_ends(bool byOpener)
    {
        await using var pair = await ChannelPair.ConnectAsync();
        var (near, far) = await pair.OpenAsync();
        var (cutter, other) = byOpener ? (near, far) : (far, near);
        var waiting = new[]
        {
            near.ReadAsync(new byte[1]).AsTask(), far.ReadAsync(new byte[1]).AsTask(),
            near.WriteAsync(new byte[Wire.InitialCredit + 1]).AsTask(), far.WriteAsync(new byte[Wire.InitialCredit + 1]).AsTask(),
        };
        // The readers get what was sent; from then on both directions wait.
        await Task.WhenAll(waiting.Take(2)).Soon();
        cutter.Reset(new Reason(ReasonCode.LimitReached, "enough\nof this"));
        await waiting[2].FailsAsync(PnetError.LimitReached, "enough");
        await waiting[3].FailsAsync(PnetError.LimitReached, "enough");
        await other.ReadAsync(new byte[1]).AsTask().FailsAsync(PnetError.LimitReached, "enough of this");
        await cutter.ReadAsync(new byte[1]).AsTask().FailsAsync(PnetError.LimitReached, "enough");
        await other.WriteAsync(new byte[1]).AsTask().FailsAsync(PnetError.LimitReached, "enough of this");
        // Late ends do no harm.
        await near.EndAsync(1).Soon();
        await far.EndAsync(1).Soon();
        await NothingLeftAsync(pair);
    }

    [Fact]
    public async Task A_reader_that_waits_hears_of_a_reset()
    {
        await using var pair = await ChannelPair.ConnectAsync();
        var (near, far) = await pair.OpenAsync();
        var reading = near.ReadAsync(new byte[1]).AsTask();
        far.Reset(new Reason(ReasonCode.Failed, "broken"));
        await reading.FailsAsync(PnetError.Failed, "broken");
    }

    [Fact]
    public async Task A_channel_that_nobody_accepts_times_out_at_both_ends()
    {
        await using var pair = await ChannelPair.ConnectAsync(a: new ChannelOptions { AcceptTimeout = TimeSpan.FromMilliseconds(100) });
        var near = pair.A.Set.Open(FrameAddress.OfService("nobody"));
        var far = await pair.B.NextAsync();
        await near.WaitAcceptedAsync().FailsAsync(PnetError.TimedOut, "service:nobody did not answer within 0.1 s");
        await far.ReadAsync(new byte[1]).AsTask().FailsAsync(PnetError.TimedOut, "did not answer");
        await NothingLeftAsync(pair);
    }

    [Fact]
    public async Task Giving_up_waiting_for_acceptance_closes_the_channel()
    {
        await using var pair = await ChannelPair.ConnectAsync();
        using var cancel = new CancellationTokenSource();
        var near = pair.A.Set.Open(FrameAddress.OfService("slow"));
        var far = await pair.B.NextAsync();
        var waiting = near.WaitAcceptedAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        await far.ReadAsync(new byte[1]).AsTask().FailsAsync(PnetError.Closed, "cancelled");
        await NothingLeftAsync(pair);
    }

    [Fact]
    public async Task A_write_that_is_cancelled_leaves_the_channel_usable()
    {
        await using var pair = await ChannelPair.ConnectAsync();
        var (near, far) = await pair.OpenAsync();
        using var cancel = new CancellationTokenSource();
        var writing = near.WriteAsync(new byte[Wire.InitialCredit + 1], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.Soon());
        await Bytes.ReadExactlyAsync(far, Wire.InitialCredit);
        await near.WriteAsync("more"u8.ToArray()).Soon();
        await near.EndAsync().Soon();
        Assert.Equal("more", await Bytes.ReadTextAsync(far));
    }

    [Fact]
    public async Task A_read_that_is_cancelled_loses_nothing()
    {
        await using var pair = await ChannelPair.ConnectAsync();
        var (near, far) = await pair.OpenAsync();
        using var cancel = new CancellationTokenSource();
        var reading = far.ReadAsync(new byte[1], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.Soon());
        await near.WriteAsync("here"u8.ToArray()).Soon();
        Assert.Equal("here"u8.ToArray(), await Bytes.ReadExactlyAsync(far, 4));
    }

    [Fact]
    public async Task Frames_that_come_late_for_a_channel_that_was_cut_are_dropped()
    {
        await using var subject = await Subject.StartAsync();
        var (peer, neighbour) = await subject.AddRawAsync();
        await using var _ = peer;
        await peer.BindAsync(1, FrameAddress.OfService("hold"));
        await Waiting.UntilAsync(() => subject.Held.Count == 1, "the channel is open");
        subject.Held.First().Reset(new Reason(ReasonCode.Closed, "closed here"));
        while ((await peer.ReceiveAsync()).Header.Operation != Operation.Reset)
        {
            // The acceptance comes first.
        }
        await peer.SendAsync(Operation.RouteTo, 1, new byte[60_000]);
        await peer.SendAsync(Operation.RouteTo, 1, new byte[60_000]);
        await peer.SendAsync(Operation.Credit, 1, RawPeer.Credit(1 << 20));
        await peer.SendAsync(Operation.End, 1, 0, 0, 0, 1);
        await peer.SendAsync(Operation.End, 1);
        await peer.SendAsync(Operation.Reset, 1, 1);
        // The link is as good as before.
        await peer.BindAsync(3, FrameAddress.OfService("echo"));
        await peer.SendAsync(Operation.RouteTo, 3, 42);
        while (await peer.ReceiveAsync() is var (header, payload))
        {
            Assert.Equal(3u, header.Number);
            if (header.Operation != Operation.RoutedFrom)
                continue;
            Assert.Equal([42], payload);
            break;
        }
        await neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task The_end_of_the_link_is_the_end_of_its_channels_and_gives_everything_back()
    {
        await using var pair = await ChannelPair.ConnectAsync();
        var channels = new List<Channel>();
        for (var i = 0; i < 20; i++)
        {
            var (near, far) = await pair.OpenAsync(i % 2 == 0);
            await near.WriteAsync(new byte[1000]).Soon();
            channels.AddRange([near, far]);
        }
        await pair.A.Link.CloseAsync(new Reason(ReasonCode.Closed, "enough")).Soon();
        await pair.B.Link.Completion.Soon();
        foreach (var channel in channels)
            await channel.ReadAsync(new byte[1]).AsTask().FailsAsync(PnetError.Closed, "the link to", "enough");
        await NothingLeftAsync(pair);
    }

    [Fact]
    public async Task A_goodbye_that_is_not_read_yet_tells_more_than_that_nothing_can_be_written()
    {
        var (a, b) = MemoryTransport.CreatePair();
        var broken = new BrokenTransport(a);
        await using var pair = await ChannelPair.ConnectAsync(broken, b);
        var (near, _) = await pair.OpenAsync();
        broken.Break();
        await pair.B.Link.CloseAsync(new Reason(ReasonCode.Closed, "enough")).Soon();
        await near.WriteAsync(new byte[1]).Soon();
        Waiting.Tells(await pair.A.Link.Completion.Soon(), PnetError.Closed, "enough");
    }

    [Fact]
    public async Task An_end_that_was_cancelled_while_it_waited_for_room_can_be_sent_later()
    {
        var (a, b) = MemoryTransport.CreatePair();
        var stopped = new StoppedTransport(a);
        await using var pair = await ChannelPair.ConnectAsync(stopped, b);
        var (near, far) = await pair.OpenAsync();
        await FillAsync(pair, stopped);
        using var cancel = new CancellationTokenSource();
        var ending = near.EndAsync(7, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ending.Soon());
        stopped.LetGo();
        await near.EndAsync(7).Soon();
        Assert.Equal(7, await StatusAsync(far));
    }

    [Fact]
    public async Task An_end_that_waits_for_room_hears_of_the_link_s_end_though_the_other_direction_has_ended()
    {
        var (a, b) = MemoryTransport.CreatePair();
        var stopped = new StoppedTransport(a);
        await using var pair = await ChannelPair.ConnectAsync(stopped, b);
        var (near, far) = await pair.OpenAsync();
        await FillAsync(pair, stopped);
        var ending = near.EndAsync().AsTask();
        await far.EndAsync(3).Soon();
        Assert.Equal(3, await StatusAsync(near));
        Assert.False(ending.IsCompleted);
        var closing = pair.A.Link.CloseAsync(new Reason(ReasonCode.Closed, "enough"));
        await ending.Soon();
        stopped.LetGo();
        await closing.Soon();
    }

    // Lays out all that there is room for on A's side of a link that is stopped.
    private static async Task FillAsync(ChannelPair pair, StoppedTransport stopped)
    {
        var channels = new List<Channel>();
        for (var i = 0; i < 8; i++)
            channels.Add((await pair.OpenAsync()).Near);
        stopped.Stop();
        var writes = channels.Select(channel => channel.WriteAsync(new byte[Wire.InitialCredit]).AsTask()).ToList();
        _ = Task.WhenAll(writes).ContinueWith(static all => all.Exception, TaskScheduler.Default);
        Assert.Contains(writes, write => !write.IsCompleted);
    }

    private static async Task<int?> StatusAsync(Channel channel)
    {
        Assert.Equal(0, await channel.ReadAsync(new byte[1]).Soon());
        return channel.EndStatus;
    }

    private static async Task NothingLeftAsync(ChannelPair pair)
    {
        await Waiting.UntilAsync(() => pair.A.Set.Count + pair.B.Set.Count == 0, "no channel is left");
        Assert.Equal((0, 0), (pair.A.Total.Used, pair.B.Total.Used));
    }
}
