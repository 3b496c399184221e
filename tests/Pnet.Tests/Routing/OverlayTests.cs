using Pnet.Addressing;
using Pnet.Frames;
using Pnet.Routing;
using Pnet.Tests.Links;

namespace Pnet.Tests.Routing;

public sealed class OverlayTests
{
    [Fact]
    public async Task Two_who_want_the_same_far_node_share_one_link()
    {
        await using var subject = await Subject.StartAsync();
        var (b, c, path) = await ChainAsync(subject);
        for (var round = 0; round < 5; round++)
        {
            var reached = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => subject.Router.Overlay.ReachAsync(path, default)))).Soon();
            Assert.Single(reached.Distinct());
            // Its only other link is the one to the router.
            Assert.Equal(2, c.Neighbours.Count);
            await reached[0].Link.CloseAsync(new Reason(ReasonCode.Closed, "again")).Soon();
            await Waiting.UntilAsync(() => c.Neighbours.Count == 1 && subject.Router.Neighbours.Count == 2, "both ends have closed it");
        }
        Assert.Equal(5, b.Relayed);
    }

    [Fact]
    public async Task Who_gives_up_takes_the_link_from_nobody_else()
    {
        await using var subject = await Subject.StartAsync();
        var (_, _, path) = await ChainAsync(subject);
        using var cancel = new CancellationTokenSource();
        var first = subject.Router.Overlay.ReachAsync(path, cancel.Token);
        var second = subject.Router.Overlay.ReachAsync(path, default);
        await cancel.CancelAsync();
        var link = await second.Soon();
        await first.ContinueWith(static _ => { }, TaskScheduler.Default).Soon();
        Assert.Same(link, await subject.Router.Overlay.ReachAsync(path, default).Soon());
    }

    [Fact]
    public async Task A_failure_is_not_remembered()
    {
        await using var subject = await Subject.StartAsync();
        var b = subject.CreateRouter();
        await subject.AddNeighbourAsync(b);
        var c = subject.CreateRouter();
        var path = AddressPath.Parse($"{b.Self}/{c.Self}");
        using var cancel = new CancellationTokenSource();
        // Nobody waits for the end of the first.
        var given = subject.Router.Overlay.ReachAsync(path, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => given.Soon());
        await Subject.LinkAsync(b, c);
        var link = await RetriedAsync(() => subject.Router.Overlay.ReachAsync(path, default));
        Assert.Equal(c.Self, link.Id);
    }

    [Fact]
    public async Task No_way_leads_over_a_link_that_is_about_to_end()
    {
        await using var subject = await Subject.StartAsync();
        var (b, _, path) = await ChainAsync(subject);
        for (var round = 0; round < 200; round++)
        {
            var link = await subject.Router.Overlay.ReachAsync(path, default).Soon();
            // What carries it goes; the tables hear of that later.
            await subject.Router.Neighbours.Find(b.Self)!.Link.CloseAsync(new Reason(ReasonCode.Closed, "round")).Soon();
            Assert.Null(subject.Router.Neighbours.Find(b.Self));
            await subject.AddNeighbourAsync(b);
            var next = await subject.Router.Overlay.ReachAsync(path, default).Soon();
            Assert.NotSame(link, next);
            Assert.False(next.IsEnding);
        }
    }

    [Fact]
    public async Task A_link_that_nothing_uses_is_closed_by_the_end_that_made_it()
    {
        await using var subject = await Subject.StartAsync(o => o with { OnDemandIdle = TimeSpan.FromSeconds(4) });
        var (_, c, path) = await ChainAsync(subject);
        var link = await subject.Router.Overlay.ReachAsync(path, default).Soon();
        await using (var channel = await link.OpenAsync(FrameAddress.OfService("hold"), default).Soon())
        {
            // In use it stays, for longer than that.
            await Task.WhenAny(link.Link.Completion, Task.Delay(TimeSpan.FromSeconds(6)));
            Assert.False(link.Link.Completion.IsCompleted);
        }
        Waiting.Tells(await link.Link.Completion.Soon(), PnetError.Closed, "not used any more");
        await Waiting.UntilAsync(() => c.Neighbours.Count == 1, "the other end has closed it too");
        // The link to the router was asked for, and stays.
        Assert.Equal(2, subject.Router.Neighbours.Count);
        Assert.NotSame(link, await subject.Router.Overlay.ReachAsync(path, default).Soon());
    }

    [Fact]
    public async Task The_far_node_can_be_reached_back_over_the_same_link()
    {
        await using var subject = await Subject.StartAsync();
        var (_, c, path) = await ChainAsync(subject);
        var link = await subject.Router.Overlay.ReachAsync(path, default).Soon();
        var back = c.Neighbours.Find(subject.Id)!;
        await using var echo = await back.OpenAsync(FrameAddress.OfService("echo"), default).Soon();
        await echo.WriteAsync(new byte[] { 42 }).Soon();
        Assert.Equal([42], await Transports.Bytes.ReadExactlyAsync(echo, 1));
        Assert.Equal(link.Link.RemoteId, back.Link.Transport is Pnet.Channels.Channel ? c.Self : default);
    }

    [Fact]
    public async Task A_router_that_stops_ends_those_who_wait_for_far_nodes()
    {
        var subject = await Subject.StartAsync();
        var (peer, _) = await subject.AddRawAsync();
        var nobody = new NodeId(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray());
        var reaching = subject.Router.Overlay.ReachAsync(AddressPath.Parse($"{peer.Id}/{nobody}"), default);
        await subject.DisposeAsync();
        await reaching.FailsAsync(PnetError.Closed);
        await peer.DisposeAsync();
    }

    private static async Task<(Router B, Router C, AddressPath Path)> ChainAsync(Subject subject)
    {
        var (b, c) = (subject.CreateRouter(), subject.CreateRouter());
        await subject.AddNeighbourAsync(b);
        await Subject.LinkAsync(b, c);
        return (b, c, AddressPath.Parse($"{b.Self}/{c.Self}"));
    }

    // The attempt that was given up may still be under way, and then its failure is shared.
    private static async Task<Neighbour> RetriedAsync(Func<Task<Neighbour>> reach)
    {
        try
        {
            return await reach().Soon();
        }
        catch (PnetException e) when (e.Error == PnetError.Unreachable)
        {
            return await reach().Soon();
        }
    }
}
