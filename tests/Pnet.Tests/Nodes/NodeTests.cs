using System.Text;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Tests.Links;
using Pnet.Tests.Services;
using Pnet.Transports;

namespace Pnet.Tests.Nodes;

public sealed class NodeTests : NodesTest
{
    [Fact]
    public async Task Two_nodes_link_over_tcp_and_ping()
    {
        var bob = await Nodes.StartListeningAsync("bob");
        var alice = await Nodes.StartListeningAsync("alice");
        var peer = await TestNodes.ConnectAsync(alice, bob, pinned: true);
        Assert.Equal(bob.Id, peer.Id);
        Assert.Equal("bob", peer.Name);
        var replies = await alice.Control.PingAsync(new PingRequest { Address = AddressPath.Parse("bob"), Count = 3, Interval = TimeSpan.FromMilliseconds(1) }, Token).ToListAsync(Token);
        Assert.Equal([1, 2, 3], replies.Select(r => r.Sequence));
        Assert.All(replies, r => Assert.NotNull(r.RoundTrip));
    }

    [Fact]
    public async Task A_tunnel_reaches_the_process_of_a_node_two_routers_away()
    {
        var dave = await Nodes.StartListeningAsync("dave", o => o with { TunnelProcess = "tr a-z A-Z; exit 7", Allow = ["*"] });
        var carol = await Nodes.StartListeningAsync("carol", o => o with { Allow = ["*"] });
        var bob = await Nodes.StartListeningAsync("bob", o => o with { Allow = ["*"] });
        var alice = await Nodes.StartListeningAsync("alice");
        await TestNodes.ConnectAsync(carol, dave, pinned: true);
        await TestNodes.ConnectAsync(bob, carol, pinned: true);
        await TestNodes.ConnectAsync(alice, bob, pinned: true);
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
        var socket = Folder.File("pnet.sock");
        var bob = await Nodes.StartListeningAsync("bob", o => o with { TunnelProcess = "cat", Allow = ["*"] });
        var alice = await Nodes.StartListeningAsync("alice", o => o with { SocketPath = socket });
        await TestNodes.ConnectAsync(alice, bob, pinned: true);
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
        var bob = await Nodes.StartListeningAsync("bob", o => o with { TunnelProcess = "cat", Allow = ["*"], MaxLinks = 1, MaxChannelsPerLink = 1 });
        var alice = await Nodes.StartListeningAsync("alice");
        var carol = await Nodes.StartListeningAsync("carol");
        await TestNodes.ConnectAsync(alice, bob, pinned: true);
        await using var tunnel = await alice.Control.OpenAsync(AddressPath.Parse("bob"), Token);
        var second = await Assert.ThrowsAsync<PnetException>(() => alice.Control.OpenAsync(AddressPath.Parse("bob"), Token));
        Assert.Equal(PnetError.LimitReached, second.Error);
        await Assert.ThrowsAsync<PnetException>(() => TestNodes.ConnectAsync(carol, bob, pinned: true));
        Assert.Equal(2, (await bob.Control.GetMetricsAsync(Token))["limits.reached"]);
        Assert.Single(await bob.Control.GetPeersAsync(Token));
    }

    [Fact]
    public async Task A_node_has_so_many_channels_served_over_all_its_links_and_all_nodes_together_so_many()
    {
        var bob = await Nodes.StartListeningAsync("bob", o => o with { TunnelProcess = "cat", Allow = ["*"], MaxServed = 3, MaxServedPerNode = 2 });
        var (alice, carol) = (await Nodes.StartListeningAsync("alice"), await Nodes.StartListeningAsync("carol"));
        await TestNodes.LinkAsync(alice, bob);
        var toBob = AddressPath.Parse(bob.Id.ToString());
        var first = await alice.Control.OpenAsync(toBob, Token);
        await using var second = await alice.Control.OpenAsync(toBob, Token);
        var refused = await alice.Control.OpenAsync(toBob, Token).FailsAsync(PnetError.LimitReached, "2 channels of one node");
        Assert.StartsWith("Close what is not needed", refused.Action, StringComparison.Ordinal);
        // Another link is no way around it, and what the node itself answers isn't counted.
        await TestNodes.LinkAsync(alice, bob);
        await alice.Control.OpenAsync(toBob, Token).FailsAsync(PnetError.LimitReached, "2 channels of one node");
        await TestNodes.LinkAsync(carol, bob);
        await using var third = await carol.Control.OpenAsync(toBob, Token);
        await carol.Control.OpenAsync(toBob, Token).FailsAsync(PnetError.LimitReached, "3 channels are served already", "try again later");
        Assert.Equal(3, (await bob.Control.GetMetricsAsync(Token))["limits.reached"]);
        // The owner is not refused, and a place that is given back can be taken again.
        await using var own = await bob.Control.OpenAsync(AddressPath.Self.WithService("tunnel"), Token);
        await first.DisposeAsync();
        ITransport? again = null;
        await Waiting.UntilAsync(() => (again = TryOpenAsync().Result) is not null, "the place is free");
        await again!.DisposeAsync();

        async Task<ITransport?> TryOpenAsync()
        {
            try
            {
                return await carol.Control.OpenAsync(toBob, Token);
            }
            catch (PnetException e) when (e.Error == PnetError.LimitReached)
            {
                return null;
            }
        }
    }
}
