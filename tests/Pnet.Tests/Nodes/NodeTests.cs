using System.Text;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Crypto;
using Pnet.Transports;

namespace Pnet.Tests.Nodes;

public sealed class NodeTests : IAsyncLifetime
{
    private readonly List<Node> _nodes = [];
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(30));

    private CancellationToken Token => _timeout.Token;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(n => n.DisposeAsync().AsTask()));
        _timeout.Dispose();
    }

    [Fact]
    public async Task Two_nodes_link_over_tcp_and_ping()
    {
        var bob = await StartAsync("bob");
        var alice = await StartAsync("alice");
        var peer = await ConnectAsync(alice, bob);
        Assert.Equal(bob.Id, peer.Id);
        Assert.Equal("bob", peer.Name);
        var replies = await alice.Control.PingAsync(new PingRequest { Address = AddressPath.Parse("bob"), Count = 3, Interval = TimeSpan.FromMilliseconds(1) }, Token).ToListAsync(Token);
        Assert.Equal([1, 2, 3], replies.Select(r => r.Sequence));
        Assert.All(replies, r => Assert.NotNull(r.RoundTrip));
    }

    [Fact]
    public async Task A_tunnel_reaches_the_process_of_a_node_two_routers_away()
    {
        var dave = await StartAsync("dave", o => o with { TunnelProcess = "tr a-z A-Z; exit 7", Allow = ["*"] });
        var carol = await StartAsync("carol", o => o with { Allow = ["*"] });
        var bob = await StartAsync("bob", o => o with { Allow = ["*"] });
        var alice = await StartAsync("alice");
        await ConnectAsync(carol, dave);
        await ConnectAsync(bob, carol);
        await ConnectAsync(alice, bob);
        var path = AddressPath.Parse($"bob/{carol.Id}/{dave.Id}");
        await using var tunnel = await alice.Control.OpenAsync(path, Token);
        await tunnel.WriteAsync(Encoding.ASCII.GetBytes("hello"), Token);
        await tunnel.EndAsync(cancellationToken: Token);
        var answer = new byte[5];
        await tunnel.ReadExactlyAsync(answer, Token);
        Assert.Equal("HELLO", Encoding.ASCII.GetString(answer));
        Assert.Equal(0, await tunnel.ReadAsync(answer, Token));
        Assert.Equal(7, tunnel.EndStatus);
        var hops = await alice.Control.TraceAsync(path, Token).ToListAsync(Token);
        Assert.Equal(["bob", "carol", "dave"], hops.Select(h => h.Name));
        Assert.All(hops, h => Assert.NotNull(h.RoundTrip));
    }

    [Fact]
    public async Task A_manager_asks_over_the_socket_what_it_could_ask_in_the_process()
    {
        var socket = Path.Combine(Path.GetTempPath(), $"pnet-{Guid.NewGuid():N}.sock");
        var bob = await StartAsync("bob", o => o with { TunnelProcess = "cat", Allow = ["*"] });
        var alice = await StartAsync("alice", o => o with { SocketPath = socket });
        await ConnectAsync(alice, bob);
        await using var manager = await ControlClient.ConnectAsync(socket, Token);
        Assert.Equal(alice.Id, (await manager.GetNodeAsync(Token)).Id);
        Assert.Equal(bob.Id, Assert.Single(await manager.GetPeersAsync(Token)).Id);
        var reply = Assert.Single(await manager.PingAsync(new PingRequest { Address = AddressPath.Parse("bob"), Count = 1 }, Token).ToListAsync(Token));
        Assert.NotNull(reply.RoundTrip);
        await using var tunnel = await manager.OpenAsync(AddressPath.Parse("bob"), Token);
        var sent = new byte[1_000_000];
        new Random(1).NextBytes(sent);
        var received = new byte[sent.Length];
        var writing = tunnel.WriteAsync(sent, Token).AsTask();
        await tunnel.ReadExactlyAsync(received, Token);
        await writing;
        Assert.Equal(sent, received);
        await tunnel.EndAsync(cancellationToken: Token);
        Assert.Equal(0, await tunnel.ReadAsync(received, Token));
    }

    [Fact]
    public async Task A_link_and_a_channel_over_the_limit_are_refused_and_counted()
    {
        var bob = await StartAsync("bob", o => o with { TunnelProcess = "cat", Allow = ["*"], MaxLinks = 1, MaxChannelsPerLink = 1 });
        var alice = await StartAsync("alice");
        var carol = await StartAsync("carol");
        await ConnectAsync(alice, bob);
        await using var tunnel = await alice.Control.OpenAsync(AddressPath.Parse("bob"), Token);
        var second = await Assert.ThrowsAsync<PnetException>(() => alice.Control.OpenAsync(AddressPath.Parse("bob"), Token));
        Assert.Equal(PnetError.LimitReached, second.Error);
        await Assert.ThrowsAsync<PnetException>(() => ConnectAsync(carol, bob));
        Assert.Equal(2, (await bob.Control.GetMetricsAsync(Token))["limits.reached"]);
        Assert.Single(await bob.Control.GetPeersAsync(Token));
    }

    private async Task<Node> StartAsync(string name, Func<NodeOptions, NodeOptions>? configure = null)
    {
        var options = new NodeOptions { Key = NodeKey.Generate(), Name = name, Listen = ["tcp://127.0.0.1:0"] };
        var node = await Node.StartAsync(configure?.Invoke(options) ?? options, Token);
        _nodes.Add(node);
        return node;
    }

    private async Task<PeerInfo> ConnectAsync(Node from, Node to)
    {
        var endpoint = (await to.Control.GetListenersAsync(Token))[0].Endpoint;
        return await from.Control.ConnectAsync(new ConnectRequest { Transport = endpoint, ExpectedId = to.Id }, Token);
    }
}
