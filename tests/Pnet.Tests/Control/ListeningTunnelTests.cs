using Pnet.Addressing;
using Pnet.Control;
using Pnet.Tests.Links;
using Pnet.Tests.Services;
using Pnet.Tests.Transports;

namespace Pnet.Tests.Control;

/// <summary>Tunnels that listen at the near end and open a channel for each connection.</summary>
public sealed class ListeningTunnelTests : TunnelTest
{
    [Fact]
    public async Task Each_connection_gets_a_channel_of_its_own_and_is_counted()
    {
        var (alice, _) = await StartAsync();
        var tunnel = await ListenAsync(alice);
        Assert.Equal((TunnelKind.Listening, TunnelState.Listening, 0, 0L), (tunnel.Kind, tunnel.State, tunnel.Active, tunnel.Connections));
        Assert.NotEqual(AnyPort, tunnel.Transport);

        await using var first = await DialAsync(tunnel.Transport);
        await using var second = await DialAsync(tunnel.Transport);
        await Conversation.EchoesAsync(first, "one");
        await Conversation.EchoesAsync(second, "second");
        Assert.Equal((2, 2L), ((await InfoAsync(alice)).Active, (await InfoAsync(alice)).Connections));

        await first.EndAsync().Soon();
        Assert.Equal("", await Bytes.ReadTextAsync(first));
        await Waiting.UntilAsync(() => InfoAsync(alice).Result.Active == 1, "one connection is left");
        await Conversation.EchoesAsync(second, "still");
        var info = await InfoAsync(alice);
        Assert.Equal((2L, 14L, 14L), (info.Connections, info.BytesSent, info.BytesReceived));
    }

    [Fact]
    public async Task A_socket_file_is_listened_at_as_well_and_goes_with_the_tunnel()
    {
        var (alice, _) = await StartAsync();
        var path = Folder.File("near");
        var tunnel = await ListenAsync(alice, $"unix://{path}?mode=0600");
        Assert.Equal($"unix://{path}", tunnel.Transport);
        await using (var near = await DialAsync(tunnel.Transport))
            await Conversation.EchoesAsync(near, "hello");
        await alice.Control.RemoveTunnelAsync(tunnel.Id).Soon();
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Removing_it_ends_the_listener_and_the_connections()
    {
        var (alice, bob) = await StartAsync();
        var tunnel = await ListenAsync(alice, OwnAddress);
        await using var near = await DialAsync(tunnel.Transport);
        await Conversation.EchoesAsync(near, "up");
        await alice.Control.RemoveTunnelAsync(tunnel.Id).Soon();
        Assert.Equal((TunnelState.Ended, null), ((await InfoAsync(alice)).State, (await InfoAsync(alice)).Error));
        Assert.Equal(0, await near.ReadAsync(new byte[1]).Soon());
        await Assert.ThrowsAsync<PnetException>(() => DialAsync(tunnel.Transport));
        await Waiting.UntilAsync(() => bob.Control.GetServicesAsync().Result[0].Active == 0, "the far channel is closed");
        await alice.Control.RemoveTunnelAsync(tunnel.Id).FailsAsync(PnetError.NotFound);
    }

    [Fact]
    public async Task A_node_that_stops_closes_its_tunnels_listeners()
    {
        var (alice, _) = await StartAsync();
        var tunnel = await ListenAsync(alice, OwnAddress);
        await using var near = await DialAsync(tunnel.Transport);
        await Conversation.EchoesAsync(near, "up");
        await alice.DisposeAsync().Soon();
        await Assert.ThrowsAsync<PnetException>(() => DialAsync(tunnel.Transport));
    }

    [Fact]
    public async Task A_service_that_fails_closes_the_connection_and_says_so_and_the_tunnel_stands()
    {
        var (alice, bob) = await StartAsync();
        await bob.Control.AddServiceAsync(new ServiceRequest { Name = "dead", Transport = "unix:///nonexistent/socket" });
        var failed = Conversation.NextEventAsync(alice, "connection.failed");
        var tunnel = await ListenAsync(alice, service: "dead");
        await using var near = await DialAsync(tunnel.Transport);
        Assert.Equal(0, await near.ReadAsync(new byte[1]).Soon());
        var told = await failed;
        Assert.Contains($"tunnel {tunnel.Id} to bob/service:dead", told.Message, StringComparison.Ordinal);
        Assert.True(told.Warning);
        await bob.Control.RemoveServiceAsync("dead");
        bob.AddService("dead", "", [], Conversation.EchoAsync);
        await using var again = await DialAsync(tunnel.Transport);
        await Conversation.EchoesAsync(again, "alive");
    }

    [Fact]
    public async Task It_works_again_when_the_link_is_back()
    {
        var (alice, bob) = await StartAsync();
        var tunnel = await ListenAsync(alice);
        await using (var near = await DialAsync(tunnel.Transport))
        {
            await Conversation.EchoesAsync(near, "up");
            await alice.Control.DisconnectAsync("bob").Soon();
            Assert.Equal(0, await near.ReadAsync(new byte[1]).Soon());
        }
        await using (var refused = await DialAsync(tunnel.Transport))
            Assert.Equal(0, await refused.ReadAsync(new byte[1]).Soon());
        await TestNodes.LinkAsync(alice, bob);
        await using var again = await DialAsync(tunnel.Transport);
        await Conversation.EchoesAsync(again, "back");
    }

    [Fact]
    public async Task Another_node_of_the_same_name_does_not_get_its_connections()
    {
        var (alice, _) = await StartAsync();
        var tunnel = await ListenAsync(alice);
        await alice.Control.DisconnectAsync("bob").Soon();
        var impostor = await Nodes.StartAsync("bob", o => o with { Allow = ["*"] });
        impostor.AddService("echo", "", [], Conversation.EchoAsync);
        await TestNodes.LinkAsync(alice, impostor);
        var failed = Conversation.NextEventAsync(alice, "connection.failed");
        await using var near = await DialAsync(tunnel.Transport);
        Assert.Equal(0, await near.ReadAsync(new byte[1]).Soon());
        Assert.Contains($"leads to {impostor.Id} now", (await failed).Message, StringComparison.Ordinal);
        Assert.Equal(0, Assert.Single(await impostor.Control.GetServicesAsync()).Total);
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_and_counted()
    {
        var (alice, _) = await StartAsync();
        var tunnel = await ListenAsync(alice);
        var open = await Task.WhenAll(Enumerable.Range(0, TunnelConnections.MaxActive).Select(_ => DialAsync(tunnel.Transport)));
        await Waiting.UntilAsync(() => InfoAsync(alice).Result.Active == TunnelConnections.MaxActive, "all are taken");
        var refused = Conversation.NextEventAsync(alice, "connection.refused");
        await using var surplus = await DialAsync(tunnel.Transport);
        Assert.Equal(0, await surplus.ReadAsync(new byte[1]).Soon());
        Assert.Contains($"tunnel {tunnel.Id} has {TunnelConnections.MaxActive} connections", (await refused).Message, StringComparison.Ordinal);
        Assert.Equal(1, (await alice.Control.GetMetricsAsync())["limits.reached"]);
        // Those that were in stay, and room is given back.
        await Conversation.EchoesAsync(open[^1], "in");
        await Task.WhenAll(open.Select(o => o.DisposeAsync().AsTask())).Soon();
        await Waiting.UntilAsync(() => InfoAsync(alice).Result.Active == 0, "all are gone");
        await using var next = await DialAsync(tunnel.Transport);
        await Conversation.EchoesAsync(next, "room");
    }

    [Fact]
    public async Task What_can_not_be_is_told_at_once_and_leaves_nothing()
    {
        var (alice, _) = await StartAsync();
        await alice.Control.AddTunnelAsync(Request("nobody", AnyPort)).FailsAsync(PnetError.NotFound, "nobody");
        var tunnel = await ListenAsync(alice);
        await alice.Control.AddTunnelAsync(Request("bob/service:echo", tunnel.Transport)).FailsAsync(PnetError.AlreadyExists, tunnel.Transport);
        await Assert.ThrowsAsync<FormatException>(() => alice.Control.AddTunnelAsync(Request("bob", "cat")).Soon());
        await Assert.ThrowsAsync<FormatException>(() => alice.Control.AddTunnelAsync(Request("bob", "tcp://127.0.0.1")).Soon());
        Assert.Single(await alice.Control.GetTunnelsAsync());
    }

    [Fact]
    public async Task A_manager_has_all_of_it_over_the_socket()
    {
        var socket = Folder.File("pnet.sock");
        var (alice, _) = await StartAsync(o => o with { SocketPath = socket });
        await using var manager = await ControlClient.ConnectAsync(socket).Soon();
        var tunnel = await manager.AddTunnelAsync(Request("bob/service:echo", AnyPort)).Soon();
        Assert.Equal((TunnelKind.Listening, TunnelState.Listening), (tunnel.Kind, tunnel.State));
        await using var near = await DialAsync(tunnel.Transport);
        await Conversation.EchoesAsync(near, "hello");
        Assert.Equal(1, Assert.Single(await manager.GetTunnelsAsync().Soon()).Active);
        await manager.RemoveTunnelAsync(tunnel.Id).Soon();
        Assert.Equal(TunnelState.Ended, Assert.Single(await manager.GetTunnelsAsync().Soon()).State);
    }

    private static TunnelRequest Request(string address, string endpoint) => new(AddressPath.Parse(address), endpoint, TunnelKind.Listening);

    private static Task<TunnelInfo> ListenAsync(Node node, string endpoint = AnyPort, string service = "echo") =>
        node.Control.AddTunnelAsync(Request($"bob/service:{service}", endpoint)).Soon();

    /// <summary>Alice is linked to bob, who echoes for those that may.</summary>
    private async Task<(Node Alice, Node Bob)> StartAsync(Func<NodeOptions, NodeOptions>? configure = null)
    {
        var (alice, bob) = (await Nodes.StartAsync("alice", configure), await Nodes.StartAsync("bob", o => o with { Allow = ["*"] }));
        bob.AddService("echo", "", [], Conversation.EchoAsync);
        await TestNodes.LinkAsync(alice, bob);
        return (alice, bob);
    }
}
