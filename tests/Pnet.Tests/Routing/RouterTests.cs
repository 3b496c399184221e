using Pnet.Addressing;
using Pnet.Frames;
using Pnet.Links;
using Pnet.Routing;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Routing;

public sealed class RouterTests
{
    private static readonly NodeId Nobody = new(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray());

    [Fact]
    public async Task A_node_without_a_link_is_unreachable()
    {
        await using var subject = await Subject.StartAsync();
        await subject.Good.OpenAsync(FrameAddress.To(Nobody), default).FailsAsync(PnetError.Unreachable, $"no link to {Nobody}");
        // Nor does a router lead to itself.
        await subject.Good.OpenAsync(FrameAddress.To(subject.Good.Id), default).FailsAsync(PnetError.Unreachable, $"no link to {subject.Good.Id}");
        await subject.Router.Overlay.ReachAsync(AddressPath.Parse($"{subject.Good.Id}/{Nobody}"), default).FailsAsync(PnetError.Unreachable, $"no link to {Nobody}");
        await subject.Router.Overlay.ReachAsync(new AddressPath(Nobody), default).FailsAsync(PnetError.Unreachable, $"no link to {Nobody}");
        await subject.Router.Overlay.ReachAsync(AddressPath.Parse($"{subject.Good.Id}/{subject.Id}"), default).FailsAsync(PnetError.Usage, "is this node itself");
        await subject.Router.Overlay.ReachAsync(AddressPath.Self, default).FailsAsync(PnetError.Usage, "names no node");
        await subject.Router.Overlay.ReachAsync(AddressPath.Parse("#77"), default).FailsAsync(PnetError.NotFound, "#77");
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_node_that_does_not_relay_refuses_and_still_answers_pings()
    {
        await using var subject = await Subject.StartAsync();
        var silent = subject.CreateRouter(configure: o => o with { Relay = false });
        var neighbour = await subject.AddNeighbourAsync(silent);
        await Subject.LinkAsync(silent, subject.CreateRouter());
        var beyond = silent.Neighbours.Nodes[^1].Id;
        await subject.Router.Overlay.ReachAsync(AddressPath.Parse($"{silent.Self}/{beyond}"), default).FailsAsync(PnetError.Refused, "does not relay");
        Assert.NotNull(Assert.Single(await PingAsync(subject.Router, neighbour)).RoundTrip);
    }

    [Fact]
    public async Task A_path_of_eight_relays_carries_every_byte_both_ways()
    {
        await using var subject = await Subject.StartAsync();
        var chain = new List<Router> { subject.Router };
        for (var i = 0; i < 9; i++)
        {
            chain.Add(subject.CreateRouter());
            await Subject.LinkAsync(chain[i], chain[i + 1]);
        }
        var path = new AddressPath(chain.Skip(1).Select(r => new NodeReference(r.Self)));
        var far = await subject.Router.Overlay.ReachAsync(path, default).Soon();
        Assert.Equal(chain[^1].Self, far.Id);
        Assert.Equal(chain[^2].Self, far.Origin.Via);
        await using var echo = await far.OpenAsync(FrameAddress.OfService("echo"), default).Soon();
        var sent = Transports.Bytes.Random(200_000);
        var writing = echo.WriteAsync(sent).Soon();
        Assert.Equal(sent, await Transports.Bytes.ReadExactlyAsync(echo, sent.Length));
        await writing;
        await echo.EndAsync(4).Soon();
        Assert.Equal(0, await echo.ReadAsync(new byte[1]).Soon());
        Assert.NotNull(Assert.Single(await PingAsync(subject.Router, far)).RoundTrip);
        // Each relay joins one channel for the link to the next node but one, and knows nothing of those within.
        Assert.All(chain.Skip(1).Take(8), r => Assert.True(r.Relayed > 0));
    }

    [Fact]
    public async Task When_a_relay_dies_both_ends_hear_why_and_other_links_carry_on()
    {
        await using var subject = await Subject.StartAsync();
        var (b, c) = (subject.CreateRouter(), subject.CreateRouter());
        await subject.AddNeighbourAsync(b);
        var (near, far) = MemoryTransport.CreatePair();
        var there = c.AttachAsync(far, new AttachOptions());
        await b.AttachAsync(near, new AttachOptions { Outbound = true }).Soon();
        await there.Soon();
        var overlay = await subject.Router.Overlay.ReachAsync(AddressPath.Parse($"{b.Self}/{c.Self}"), default).Soon();
        var atC = c.Neighbours.Find(subject.Id)!;
        var channel = await overlay.OpenAsync(FrameAddress.OfService("hold"), default).Soon();
        var reading = channel.ReadAsync(new byte[1]).Soon();
        near.Abort();
        await reading.FailsAsync(PnetError.Closed, $"the link to {c.Self} ended", "the connection was cut");
        Waiting.Tells(await overlay.Link.Completion.Soon(), PnetError.Closed, $"the link to {c.Self} ended", "the connection was cut");
        Waiting.Tells(await atC.Link.Completion.Soon(), PnetError.Closed, $"the link to {b.Self} ended", "the connection was cut");
        // The link to the router is untouched.
        Assert.NotNull(Assert.Single(await PingAsync(subject.Router, subject.Router.Neighbours.Find(b.Self)!)).RoundTrip);
        await b.DisposeAsync();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_relay_that_stops_in_order_says_so_to_both_ends()
    {
        await using var subject = await Subject.StartAsync();
        var (b, c) = (subject.CreateRouter(), subject.CreateRouter());
        await subject.AddNeighbourAsync(b);
        await Subject.LinkAsync(b, c);
        var overlay = await subject.Router.Overlay.ReachAsync(AddressPath.Parse($"{b.Self}/{c.Self}"), default).Soon();
        var atC = c.Neighbours.Find(subject.Id)!;
        await b.DisposeAsync();
        Waiting.Tells(await overlay.Link.Completion.Soon(), PnetError.Closed, "ended", "the node stops");
        Waiting.Tells(await atC.Link.Completion.Soon(), PnetError.Closed, "ended", "the node stops");
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_router_that_answers_in_the_far_nodes_place_is_refused()
    {
        await using var subject = await Subject.StartAsync();
        var (evil, neighbour) = await subject.AddRawAsync();
        await using var _ = evil;
        var reaching = subject.Router.Overlay.ReachAsync(AddressPath.Parse($"{evil.Id}/{Nobody}"), default);
        (FrameHeader Header, byte[] Payload) bind;
        do
            bind = await evil.ReceiveAsync();
        while (bind.Header.Operation != Operation.Bind);
        Assert.Equal(FrameAddress.To(Nobody), FrameAddress.Read(bind.Payload));
        await evil.SendAsync(Operation.Credit, bind.Header.Number, RawPeer.Credit(0));
        var inPlace = RawPeer.ConnectAsync(new RawChannel(evil, bind.Header.Number, Operation.RoutedFrom), initiator: false);
        await reaching.FailsAsync(PnetError.IdentityMismatch, "identity mismatch", Nobody.ToString());
        await Assert.ThrowsAnyAsync<IOException>(() => inPlace);
        await neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_router_that_brings_another_node_than_it_says_is_refused()
    {
        await using var subject = await Subject.StartAsync();
        var failures = new List<string>();
        subject.Router.Failed += (what, e) =>
        {
            lock (failures)
                failures.Add($"{what}: {e.Message}");
        };
        var (evil, neighbour) = await subject.AddRawAsync();
        await using var _ = evil;
        await evil.BindAsync(1, FrameAddress.From(Nobody));
        await using var inPlace = await RawPeer.ConnectAsync(new RawChannel(evil, 1, Operation.RoutedFrom), initiator: true);
        await Waiting.UntilAsync(() => failures.Count > 0, "the failure is told");
        Assert.Contains($"link from {Nobody} via raw: identity mismatch", Assert.Single(failures), StringComparison.Ordinal);
        Assert.Null(subject.Router.Neighbours.Find(Nobody));
        await neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task Channels_that_say_they_come_from_this_node_are_no_links_and_no_pings()
    {
        await using var subject = await Subject.StartAsync();
        var (evil, neighbour) = await subject.AddRawAsync();
        await using var _ = evil;
        var number = 1u;
        // A message of no ping, one that is too long to be one, and a handshake with itself.
        foreach (var bytes in new[] { new byte[16], [.. new byte[12], 0x7F, 0xFF, 0xFF, 0xFF], RawPeer.LeadingPreamble(true).Bytes.ToArray() })
        {
            await evil.BindAsync(number, FrameAddress.From(subject.Id));
            await evil.SendAsync(Operation.RoutedFrom, number, bytes);
            (FrameHeader Header, byte[] Payload) answer;
            do
                answer = await evil.ReceiveAsync();
            while (answer.Header.Operation == Operation.Credit);
            Assert.Equal((Operation.Reset, number), (answer.Header.Operation, answer.Header.Number));
            Assert.Contains("no such ping", Reason.Read(answer.Payload).Text, StringComparison.Ordinal);
            number += 2;
        }
        Assert.Equal(2, subject.Router.Neighbours.Count);
        await neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_manager_is_no_node_to_route_to_or_from()
    {
        await using var subject = await Subject.StartAsync();
        var (manager, neighbour) = await subject.AddRawAsync(manager: true);
        await using var _ = manager;
        Assert.DoesNotContain(neighbour, subject.Router.Neighbours.Nodes);
        Assert.Contains(neighbour, subject.Router.Neighbours.All);
        Assert.Null(subject.Router.Neighbours.Find(manager.Id));
        var atGood = subject.Good.OpenAsync(FrameAddress.To(manager.Id), default);
        await atGood.FailsAsync(PnetError.Unreachable);
        // The good node asks the subject, which has the link.
        var back = subject.OtherEndOfGood;
        await back.OpenAsync(FrameAddress.To(manager.Id), default).FailsAsync(PnetError.Unreachable, $"no link to {manager.Id}");
        await manager.BindAsync(1, FrameAddress.From(Nobody));
        var (header, payload) = await manager.ReceiveAsync();
        Assert.Equal(Operation.Reset, header.Operation);
        Assert.Contains("a manager does not route", Reason.Read(payload).Text, StringComparison.Ordinal);
        await neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_relay_ends_at_once_when_the_asking_end_goes_before_the_far_one_has_answered()
    {
        await using var subject = await Subject.StartAsync();
        var (far, neighbour) = await subject.AddRawAsync();
        await using var _ = far;
        var channel = subject.OtherEndOfGood.Channels.Open(FrameAddress.To(far.Id));
        (FrameHeader Header, byte[] Payload) frame;
        do
            frame = await far.ReceiveAsync();
        while (frame.Header.Operation != Operation.Bind);
        Assert.Equal(FrameAddress.From(subject.Good.Id), FrameAddress.Read(frame.Payload));
        channel.Reset(new Reason(ReasonCode.Closed, "never mind"));
        frame = await far.ReceiveAsync();
        Assert.Equal(Operation.Reset, frame.Header.Operation);
        Assert.Contains("never mind", Reason.Read(frame.Payload).Text, StringComparison.Ordinal);
        await neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task The_limit_of_a_far_link_reaches_whoever_asked()
    {
        await using var subject = await Subject.StartAsync();
        var (b, c) = (subject.CreateRouter(configure: o => o with { Channels = o.Channels with { MaxChannels = 2 } }), subject.CreateRouter());
        var neighbour = await subject.AddNeighbourAsync(b);
        await Subject.LinkAsync(b, c);
        // Two channels are open from B to C, and no third.
        for (var i = 0; i < 2; i++)
            await b.Neighbours.Find(c.Self)!.OpenAsync(FrameAddress.OfService("hold"), default).Soon();
        await neighbour.OpenAsync(FrameAddress.To(c.Self), default).FailsAsync(PnetError.LimitReached, "2 channels are open");
        await neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_neighbour_that_takes_a_third_nodes_channels_and_reads_nothing_fills_no_memory()
    {
        await using var subject = await Subject.StartAsync();
        // The far one reads nothing at all: its link soon takes nothing more.
        var (far, neighbour) = await subject.AddRawAsync(capacity: 1024);
        await using var _ = far;
        var limited = 0;
        for (var i = 0; i < 20_000 && limited < 10; i++)
        {
            var channel = subject.OtherEndOfGood.Channels.Open(FrameAddress.To(far.Id));
            channel.Reset(new Reason(ReasonCode.Closed, new string('x', 500)));
            if (i % 100 != 99)
                continue;
            // Now and then it is asked what became of one: it has been dealt with when a ping is back, and that is known here with the next.
            var probe = subject.OtherEndOfGood.Channels.Open(FrameAddress.To(far.Id));
            for (var ping = 0; ping < 2; ping++)
                Assert.NotNull(Assert.Single(await PingAsync(subject.Router, subject.Good)).RoundTrip);
            if (probe.Accepted.Exception?.InnerException is PnetException { Error: PnetError.LimitReached })
                limited++;
            probe.Reset(new Reason(ReasonCode.Closed, "done"));
        }
        Assert.Equal(10, limited);
        await far.DisposeAsync();
        await neighbour.Link.Completion.Soon();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_direct_link_goes_before_one_through_a_router()
    {
        await using var subject = await Subject.StartAsync();
        var (b, c) = (subject.CreateRouter(), subject.CreateRouter());
        await subject.AddNeighbourAsync(b);
        await Subject.LinkAsync(b, c);
        var overlay = await subject.Router.Overlay.ReachAsync(AddressPath.Parse($"{b.Self}/{c.Self}"), default).Soon();
        Assert.Same(overlay, subject.Router.Neighbours.Find(c.Self));
        var direct = await subject.AddNeighbourAsync(c);
        Assert.Same(direct, subject.Router.Neighbours.Find(c.Self));
        Assert.Same(overlay, subject.Router.Neighbours.Find(c.Self, b.Self));
        await direct.Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
        await Waiting.UntilAsync(() => subject.Router.Neighbours.Find(c.Self) == overlay, "the one through the router is left");
    }

    [Fact]
    public void Handshakes_are_let_through_at_the_rate_set()
    {
        var gate = new HandshakeGate(maxAtOnce: 1000, maxPerSecond: 5);
        for (var i = 0; i < 5; i++)
            gate.Enter();
        var failure = Assert.Throws<PnetException>(gate.Enter);
        Waiting.Tells(failure, PnetError.LimitReached, "more than 5 handshakes a second");
        var narrow = new HandshakeGate(maxAtOnce: 1, maxPerSecond: 1000);
        narrow.Enter();
        Waiting.Tells(Assert.Throws<PnetException>(narrow.Enter), PnetError.LimitReached, "1 handshakes are under way");
        narrow.Leave();
        narrow.Enter();
    }

    [Fact]
    public async Task A_router_that_is_disposed_of_cuts_handshakes_short_and_takes_no_more()
    {
        var subject = await Subject.StartAsync();
        var (near, far) = MemoryTransport.CreatePair();
        var attaching = subject.Router.AttachAsync(near, new AttachOptions());
        await Transports.Bytes.ReadExactlyAsync(far, Preamble.Size);
        await subject.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attaching.Soon());
        Assert.Equal(0, await far.ReadAsync(new byte[1]).Soon());
        Assert.Equal(0, subject.Router.Neighbours.Count);
        var (late, other) = MemoryTransport.CreatePair();
        await Assert.ThrowsAnyAsync<Exception>(() => subject.Router.AttachAsync(late, new AttachOptions()).Soon());
        Assert.Equal(0, await other.ReadAsync(new byte[1]).Soon());
    }

    private static Task<List<PingResult>> PingAsync(Router router, Neighbour neighbour, int size = 56) =>
        router.Pings.RunAsync(neighbour, 1, size, default, TimeSpan.FromSeconds(20), default).ToListAsync().AsTask();
}
