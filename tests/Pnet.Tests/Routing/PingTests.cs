using Pnet.Frames;
using Pnet.Routing;
using Pnet.Tests.Links;

namespace Pnet.Tests.Routing;

public sealed class PingTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(150);

    [Theory]
    [InlineData(PingExchange.MinSize)]
    [InlineData(56)]
    [InlineData(2_000)]
    [InlineData(PingExchange.MaxSize)]
    public async Task Messages_of_any_size_come_back_in_order(int size)
    {
        await using var subject = await Subject.StartAsync();
        var results = await subject.Router.Pings.RunAsync(subject.Good, 20, size, default, TimeSpan.FromSeconds(20), default).ToListAsync();
        Assert.Equal(Enumerable.Range(1, 20), results.Select(r => r.Sequence));
        Assert.All(results, r => Assert.NotNull(r.RoundTrip));
        await Waiting.UntilAsync(() => subject.Good.Channels.Count == 0, "its channels are closed");
    }

    [Fact]
    public async Task Many_may_ping_at_once()
    {
        await using var subject = await Subject.StartAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            subject.Router.Pings.RunAsync(subject.Good, 10, 100, default, TimeSpan.FromSeconds(20), default).ToListAsync().AsTask())).Soon();
        Assert.All(results.SelectMany(r => r), r => Assert.NotNull(r.RoundTrip));
    }

    [Fact]
    public async Task A_message_that_does_not_come_back_is_told_as_lost()
    {
        await using var subject = await Subject.StartAsync();
        var (peer, neighbour) = await subject.AddRawAsync();
        await using var _ = peer;
        var results = await subject.Router.Pings.RunAsync(neighbour, 2, 56, default, Short, default).ToListAsync();
        Assert.Equal([null, null], results.Select(r => r.RoundTrip));
        await neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_neighbour_that_takes_no_more_messages_is_not_waited_for()
    {
        await using var subject = await Subject.StartAsync();
        var (peer, neighbour) = await subject.AddRawAsync();
        await using var _ = peer;
        // The third does not fit into the credit of a new channel.
        var results = new List<PingResult>();
        var pinging = Task.Run(async () =>
        {
            await foreach (var result in subject.Router.Pings.RunAsync(neighbour, 3, PingExchange.MaxSize, default, Short, default))
                results.Add(result);
        });
        await pinging.FailsAsync(PnetError.TimedOut, "took no more messages within 0.2 s");
        Assert.Equal([null, null], results.Select(r => r.RoundTrip));
        await neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
        await subject.CarriesOnAsync();
    }

    [Theory]
    [InlineData(ReasonCode.Refused, PnetError.Refused)]
    [InlineData(ReasonCode.Unreachable, PnetError.Unreachable)]
    public async Task A_neighbour_that_refuses_says_why(ReasonCode code, PnetError error)
    {
        await using var subject = await Subject.StartAsync();
        var (peer, neighbour) = await subject.AddRawAsync();
        await using var _ = peer;
        var pinging = subject.Router.Pings.RunAsync(neighbour, 1, 56, default, TimeSpan.FromSeconds(20), default).ToListAsync().AsTask();
        (FrameHeader Header, byte[] Payload) frame;
        do
            frame = await peer.ReceiveAsync();
        while (frame.Header.Operation != Operation.Bind);
        await peer.SendAsync(Operation.Reset, frame.Header.Number, RawPeer.ReasonBytes(new Reason(code, "not for you")));
        await pinging.FailsAsync(error, "not for you");
        await neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_link_that_ends_ends_its_pings()
    {
        await using var subject = await Subject.StartAsync();
        var (peer, neighbour) = await subject.AddRawAsync();
        var pinging = subject.Router.Pings.RunAsync(neighbour, 1, 56, default, TimeSpan.FromSeconds(20), default).ToListAsync().AsTask();
        await peer.SendAsync(Operation.Goodbye, 0, RawPeer.ReasonBytes(new Reason(ReasonCode.Closed, "bye now")));
        await pinging.FailsAsync(PnetError.Closed, "bye now");
        await peer.DisposeAsync();
        await subject.CarriesOnAsync();
    }
}
