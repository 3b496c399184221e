using Pnet.Addressing;
using Pnet.Control;
using Pnet.Frames;
using Pnet.Routing;
using Pnet.Services;
using Pnet.Tests.Links;
using Pnet.Tests.Services;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Control;

/// <summary>Services that listen, and the tunnels that take their connections.</summary>
public sealed class ReverseTunnelTests : TunnelTest
{
    [Fact]
    public async Task Each_connection_at_the_far_listener_gets_a_near_end_of_its_own_and_is_counted()
    {
        var (alice, bob) = await StartAsync();
        var service = await ListenAsync(bob);
        Assert.True(service.Listen);
        Assert.NotEqual(AnyPort, service.Transport);
        var tunnel = await ReverseAsync(alice, "printf 'I am %s:' $PPID; cat");
        Assert.Equal((TunnelKind.Reverse, TunnelState.Waiting, 0, 0L), (tunnel.Kind, tunnel.State, tunnel.Active, tunnel.Connections));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => AskAsync(service, $"question {i}")));
        for (var i = 0; i < answers.Length; i++)
            Assert.EndsWith($":question {i}", answers[i], StringComparison.Ordinal);
        await Waiting.UntilAsync(() => InfoAsync(alice).Result.Active == 0, "all have ended");
        var info = await InfoAsync(alice);
        Assert.Equal((8L, TunnelState.Waiting, 80L), (info.Connections, info.State, info.BytesReceived));
    }

    [Fact]
    public async Task It_works_through_a_router_and_the_path_stays_while_it_waits()
    {
        var alice = await Nodes.StartAsync("alice", o => o with { OnDemandIdle = TimeSpan.FromSeconds(4) });
        var (bob, carol, dave) = (await Nodes.StartAsync("bob"), await Nodes.StartAsync("carol", Knowing(alice)), await Nodes.StartAsync("dave", Knowing(alice)));
        foreach (var node in new[] { alice, carol, dave })
            await TestNodes.LinkAsync(node, bob);
        dave.AddService("echo", "", [], Conversation.EchoAsync);
        var service = await ListenAsync(carol);
        await alice.Control.AddTunnelAsync(Request($"bob/{carol.Id}/service:web", "cat")).Soon();

        // The link to dave goes when it has not been used for so long. The one to carol is in use.
        var down = Conversation.NextEventAsync(alice, "link.down");
        await (await alice.Control.OpenAsync(AddressPath.Parse($"bob/{dave.Id}/service:echo")).Soon()).DisposeAsync();
        Assert.Equal(dave.Id, (await down).Peer);
        Assert.Equal("through", await AskAsync(service, "through"));
        Assert.Contains(await alice.Control.GetPeersAsync(), p => p.Id == carol.Id && p.Via == bob.Id);
    }

    [Fact]
    public async Task Connections_that_come_before_somebody_waits_are_held_in_order()
    {
        var (alice, bob) = await StartAsync();
        var service = await ListenAsync(bob);
        await using var first = await DialAsync(service.Transport);
        await using var second = await DialAsync(service.Transport);
        await first.WriteAsync("a"u8.ToArray()).Soon();
        await second.WriteAsync("b"u8.ToArray()).Soon();
        await ReverseAsync(alice, "cat");
        Assert.Equal("a"u8.ToArray(), await Bytes.ReadExactlyAsync(first, 1));
        Assert.Equal("b"u8.ToArray(), await Bytes.ReadExactlyAsync(second, 1));
    }

    [Fact]
    public async Task A_connection_that_nobody_takes_is_closed_after_a_while_and_said_so()
    {
        var (_, bob) = await StartAsync();
        var refused = Conversation.NextEventAsync(bob, "connection.refused");
        var service = await ListenAsync(bob);
        await using var connection = await DialAsync(service.Transport);
        Assert.Equal(0, await connection.ReadAsync(new byte[1]).Soon());
        Assert.Contains("nobody took it within 10 s", (await refused).Message, StringComparison.Ordinal);
        Assert.Equal(1, (await bob.Control.GetMetricsAsync())["limits.reached"]);
    }

    [Fact]
    public async Task No_more_connections_are_held_than_may_be()
    {
        var (_, bob) = await StartAsync();
        var service = await ListenAsync(bob);
        var refused = Conversation.NextEventAsync(bob, "connection.refused");
        var held = await Task.WhenAll(Enumerable.Range(0, ListeningService.MaxHeld + 1).Select(_ => DialAsync(service.Transport)));
        Assert.Contains($"{ListeningService.MaxHeld} are waiting to be taken", (await refused).Message, StringComparison.Ordinal);
        await Task.WhenAll(held.Select(h => h.DisposeAsync().AsTask())).Soon();
    }

    [Fact]
    public async Task Those_who_wait_take_turns_and_one_node_can_not_take_all_places()
    {
        var bob = await Nodes.StartAsync("bob");
        var (greedy, _) = await Nodes.AddStrangerAsync(bob, known: true);
        var (modest, _) = await Nodes.AddStrangerAsync(bob, known: true);
        var service = await ListenAsync(bob);
        var places = new List<Pnet.Channels.Channel>();
        for (var i = 0; i < ListeningService.MaxWaitingPerNode; i++)
            places.Add(await WaitAtAsync(bob, greedy, i + 1));
        await greedy.OpenAsync(FrameAddress.OfService("web"), default).FailsAsync(PnetError.LimitReached, "as many channels waiting");
        places.Add(await WaitAtAsync(bob, modest, places.Count + 1));

        // One after the other, in the order in which they came.
        foreach (var place in places)
        {
            Assert.False(place.Accepted.IsCompleted);
            await using var connection = await DialAsync(service.Transport);
            await place.Accepted.Soon();
        }
    }

    [Fact]
    public async Task A_caller_that_has_gone_does_not_get_the_next_connection()
    {
        var bob = await Nodes.StartAsync("bob");
        var (caller, _) = await Nodes.AddStrangerAsync(bob, known: true);
        var service = await ListenAsync(bob);
        var gone = await WaitAtAsync(bob, caller, 1);
        var stays = await WaitAtAsync(bob, caller, 2);
        await gone.DisposeAsync();
        await Waiting.UntilAsync(() => Active(bob) == 1, "one is left");
        await using var connection = await DialAsync(service.Transport);
        await connection.WriteAsync("x"u8.ToArray()).Soon();
        await stays.Accepted.Soon();
        Assert.Equal("x"u8.ToArray(), await Bytes.ReadExactlyAsync(stays, 1));
    }

    [Fact]
    public async Task Withdrawing_the_service_closes_its_listener_and_tells_those_who_wait_and_connections_stay()
    {
        var (alice, bob) = await StartAsync();
        var service = await ListenAsync(bob, OwnAddress);
        await ReverseAsync(alice, "cat");
        await using var connection = await DialAsync(service.Transport);
        await Conversation.EchoesAsync(connection, "up");
        var lost = Conversation.NextEventAsync(alice, "tunnel.lost");
        await bob.Control.RemoveServiceAsync("web").Soon();
        Assert.Contains("no longer offered", (await lost).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PnetException>(() => DialAsync(service.Transport));
        await Conversation.EchoesAsync(connection, "still");
        await Waiting.UntilAsync(() => InfoAsync(alice).Result is { State: TunnelState.Retrying, Error: not null }, "it tries again");

        // Offered again, at the same place, it is found again.
        var back = Conversation.NextEventAsync(alice, "tunnel.back");
        await ListenAsync(bob, service.Transport!);
        await back;
        Assert.Equal((TunnelState.Waiting, null), ((await InfoAsync(alice)).State, (await InfoAsync(alice)).Error));
        Assert.Equal("again", await AskAsync(service, "again"));
    }

    [Fact]
    public async Task It_waits_again_when_the_link_is_back()
    {
        var (alice, bob) = await StartAsync();
        var service = await ListenAsync(bob);
        await ReverseAsync(alice, "cat");
        var (lost, back) = (Conversation.NextEventAsync(alice, "tunnel.lost"), Conversation.NextEventAsync(alice, "tunnel.back"));
        await alice.Control.DisconnectAsync("bob").Soon();
        Assert.True((await lost).Warning);
        await TestNodes.LinkAsync(alice, bob);
        await back;
        Assert.Equal("back", await AskAsync(service, "back"));
    }

    [Fact]
    public async Task Removing_it_ends_its_connections_and_gives_up_its_place()
    {
        var (alice, bob) = await StartAsync();
        var service = await ListenAsync(bob);
        var tunnel = await ReverseAsync(alice, "cat");
        await using var connection = await DialAsync(service.Transport);
        await Conversation.EchoesAsync(connection, "up");
        await alice.Control.RemoveTunnelAsync(tunnel.Id).Soon();
        Assert.Equal((TunnelState.Ended, null), ((await InfoAsync(alice)).State, (await InfoAsync(alice)).Error));
        Assert.Equal(0, await connection.ReadAsync(new byte[1]).Soon());
        await Waiting.UntilAsync(() => Active(bob) == 0, "nobody waits");
    }

    [Fact]
    public async Task A_near_end_that_can_not_be_opened_closes_that_connection_and_the_tunnel_stands()
    {
        var (alice, bob) = await StartAsync();
        var service = await ListenAsync(bob);
        var near = Folder.File("near");
        var failed = Conversation.NextEventAsync(alice, "connection.failed");
        await ReverseAsync(alice, $"unix://{near}");
        await using (var connection = await DialAsync(service.Transport))
            Assert.Equal(0, await connection.ReadAsync(new byte[1]).Soon());
        Assert.Contains(near, (await failed).Message, StringComparison.Ordinal);

        await using var listener = await TransportRegistry.CreateDefault().ListenAsync($"unix://{near}");
        await using var again = await DialAsync(service.Transport);
        await using var accepted = await listener.AcceptAsync().Soon();
        await again.WriteAsync("x"u8.ToArray()).Soon();
        Assert.Equal("x"u8.ToArray(), await Bytes.ReadExactlyAsync(accepted, 1));
    }

    [Fact]
    public async Task Where_there_is_no_room_connections_wait_at_the_far_end()
    {
        var (alice, bob) = await StartAsync();
        var service = await ListenAsync(bob);
        await using var near = await TransportRegistry.CreateDefault().ListenAsync($"unix://{Folder.File("near")}");
        await ReverseAsync(alice, near.Endpoint);
        var open = new List<(ITransport There, ITransport Here)>();
        for (var i = 0; i < TunnelConnections.MaxActive; i++)
            open.Add((await DialAsync(service.Transport), await near.AcceptAsync().Soon()));
        Assert.Equal(TunnelConnections.MaxActive, (await InfoAsync(alice)).Active);
        await using var next = await DialAsync(service.Transport);
        var accepted = near.AcceptAsync().AsTask();
        // As soon as one goes, and not before, it has its turn.
        Assert.False(accepted.IsCompleted);
        await open[0].There.DisposeAsync().Soon();
        await open[0].Here.DisposeAsync().Soon();
        await using var last = await accepted.Soon();
        await Task.WhenAll(open.SelectMany(o => new[] { o.There.DisposeAsync().AsTask(), o.Here.DisposeAsync().AsTask() })).Soon();
    }

    [Fact]
    public async Task What_can_not_be_is_told_at_once_and_leaves_nothing()
    {
        var (alice, bob) = await StartAsync();
        await bob.Control.AddServiceAsync(new ServiceRequest { Name = "plain", Transport = "cat" });
        await alice.Control.AddTunnelAsync(Request("nobody", "cat")).FailsAsync(PnetError.NotFound, "nobody");
        await alice.Control.AddTunnelAsync(Request("bob/service:web", "cat")).FailsAsync(PnetError.NotFound, "web");
        await alice.Control.AddTunnelAsync(Request("bob/service:plain", "cat")).FailsAsync(PnetError.Usage, "\"plain\" of bob takes no connections");
        await bob.Control.RevokeAccessAsync(alice.Id.ToString());
        await ListenAsync(bob);
        await alice.Control.AddTunnelAsync(Request("bob/service:web", "cat")).FailsAsync(PnetError.Refused, "does not know");
        Assert.Empty(await alice.Control.GetTunnelsAsync());
        Assert.Equal(0, Active(bob));
    }

    [Fact]
    public async Task A_service_that_can_not_be_offered_does_not_listen()
    {
        var (_, bob) = await StartAsync();
        var service = await ListenAsync(bob);
        await bob.Control.AddServiceAsync(new ServiceRequest { Name = "other", Transport = service.Transport!, Listen = true }).FailsAsync(PnetError.AlreadyExists);
        var path = Folder.File("x");
        await bob.Control.AddServiceAsync(new ServiceRequest { Name = "web", Transport = $"unix://{path}", Listen = true }).FailsAsync(PnetError.AlreadyExists, "web");
        await bob.Control.AddServiceAsync(new ServiceRequest { Name = "y", Transport = $"unix://{path}", Listen = true, Allow = ["nobody"] }).FailsAsync(PnetError.NotFound, "nobody");
        Assert.False(File.Exists(path));
        Assert.Single(await bob.Control.GetServicesAsync());
    }

    [Fact]
    public async Task A_stranger_who_is_allowed_one_service_may_wait_at_it_without_looking()
    {
        var (alice, bob) = (await Nodes.StartAsync("alice"), await Nodes.StartAsync("bob"));
        await TestNodes.LinkAsync(alice, bob);
        var service = await bob.Control.AddServiceAsync(new ServiceRequest { Name = "web", Transport = AnyPort, Listen = true, Allow = [alice.Id.ToString()] }).Soon();
        await ReverseAsync(alice, "cat");
        Assert.Equal("hello", await AskAsync(service, "hello"));
    }

    [Fact]
    public async Task A_manager_has_all_of_it_over_the_socket()
    {
        var (near, far) = (Folder.File("alice.sock"), Folder.File("bob.sock"));
        var alice = await Nodes.StartAsync("alice", o => o with { SocketPath = near });
        var bob = await Nodes.StartAsync("bob", o => o with { SocketPath = far, Allow = [alice.Id.ToString()] });
        await TestNodes.LinkAsync(alice, bob);
        await using var atBob = await ControlClient.ConnectAsync(far).Soon();
        await using var atAlice = await ControlClient.ConnectAsync(near).Soon();
        var service = await atBob.AddServiceAsync(new ServiceRequest { Name = "web", Transport = OwnAddress, Listen = true }).Soon();
        var tunnel = await atAlice.AddTunnelAsync(Request("bob/service:web", "cat")).Soon();
        Assert.Equal((TunnelKind.Reverse, TunnelState.Waiting), (tunnel.Kind, tunnel.State));
        Assert.True(Assert.Single(await atAlice.At(AddressPath.Parse("bob")).GetServicesAsync().Soon()).Listen);
        Assert.Equal("hello", await AskAsync(service, "hello"));
        await atAlice.RemoveTunnelAsync(tunnel.Id).Soon();
        await atBob.RemoveServiceAsync("web").Soon();
        await Assert.ThrowsAsync<PnetException>(() => DialAsync(service.Transport));
    }

    private static int Active(Node bob) => bob.Control.GetServicesAsync().Result.Single(s => s.Name == "web").Active;

    private static TunnelRequest Request(string address, string near) => new(AddressPath.Parse(address), near, TunnelKind.Reverse);

    private static Task<ServiceInfo> ListenAsync(Node node, string endpoint = AnyPort) =>
        node.Control.AddServiceAsync(new ServiceRequest { Name = "web", Transport = endpoint, Listen = true }).Soon();

    private static Task<TunnelInfo> ReverseAsync(Node node, string near) => node.Control.AddTunnelAsync(Request("bob/service:web", near)).Soon();

    private static async Task<string> AskAsync(ServiceInfo service, string question)
    {
        await using var connection = await DialAsync(service.Transport);
        await connection.WriteAsync(System.Text.Encoding.UTF8.GetBytes(question)).Soon();
        await connection.EndAsync().Soon();
        return await Bytes.ReadTextAsync(connection);
    }

    /// <summary>Opens a channel to the service, and returns once it waits there as one of so many.</summary>
    private static async Task<Pnet.Channels.Channel> WaitAtAsync(Node bob, Neighbour caller, int count)
    {
        var channel = caller.Channels.Open(FrameAddress.OfService("web"));
        await Waiting.UntilAsync(() => Active(bob) == count, $"{count} wait");
        return channel;
    }

    /// <summary>Alice is linked to bob, who knows her.</summary>
    private async Task<(Node Alice, Node Bob)> StartAsync()
    {
        var alice = await Nodes.StartAsync("alice");
        var bob = await Nodes.StartAsync("bob", Knowing(alice));
        await TestNodes.LinkAsync(alice, bob);
        return (alice, bob);
    }

    private static Func<NodeOptions, NodeOptions> Knowing(Node node) => o => o with { Allow = [node.Id.ToString()] };
}
