using Pnet.Control;
using Pnet.Crypto;
using Pnet.Tests.Links;
using Pnet.Tests.Services;

namespace Pnet.Tests.Control;

/// <summary>Links that a node's owner asks for, and what becomes of them.</summary>
public sealed class ConnectTests : NodesTest
{
    private string Endpoint => "unix://" + Folder.File("bob.link");

    [Fact]
    public async Task A_link_comes_back_when_its_listener_does_until_it_is_disconnected()
    {
        var alice = await Nodes.StartAsync("alice");
        var bob = await StartListeningAsync("bob");
        await alice.Control.ConnectAsync(new ConnectRequest { Transport = Endpoint }).Soon();
        await bob.DisposeAsync().Soon();
        await PeersAsync(alice, p => p is [{ State: LinkState.Reconnecting, Error: not null }]);
        var carol = await StartListeningAsync("carol");
        await PeersAsync(alice, p => p is [{ State: LinkState.Up, Name: "carol" }]);
        await alice.Control.DisconnectAsync("carol").Soon();
        await PeersAsync(alice, p => p.Count == 0);
        await PeersAsync(carol, p => p.Count == 0);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("name")]
    [InlineData("transport")]
    public async Task A_link_that_is_down_can_be_disconnected(string by)
    {
        var alice = await Nodes.StartAsync("alice");
        var bob = await StartListeningAsync("bob");
        await alice.Control.ConnectAsync(new ConnectRequest { Transport = Endpoint }).Soon();
        var id = bob.Id;
        await bob.DisposeAsync().Soon();
        await PeersAsync(alice, p => p is [{ State: LinkState.Reconnecting }]);
        await alice.Control.DisconnectAsync(by switch { "id" => id.ToString(), "name" => "bob", _ => Endpoint }).Soon();
        Assert.Empty(await alice.Control.GetPeersAsync());
    }

    [Fact]
    public async Task A_link_that_never_was_up_can_be_disconnected_by_the_id_that_was_asked_for()
    {
        var alice = await Nodes.StartAsync("alice");
        using var key = NodeKey.Generate();
        var pending = await alice.Control.ConnectAsync(new ConnectRequest { Transport = Endpoint, ExpectedId = key.Id, Background = true }).Soon();
        Assert.Equal((LinkState.Connecting, key.Id), (pending.State, pending.Id));
        await PeersAsync(alice, p => p is [{ State: LinkState.Reconnecting }]);
        await alice.Control.DisconnectAsync(key.Id.ToString()).Soon();
        Assert.Empty(await alice.Control.GetPeersAsync());
    }

    [Fact]
    public async Task Disconnecting_by_number_leaves_the_other_links()
    {
        var (alice, bob) = (await Nodes.StartAsync("alice"), await Nodes.StartAsync("bob"));
        var (first, _) = await TestNodes.LinkAsync(alice, bob);
        var (second, _) = await TestNodes.LinkAsync(alice, bob);
        await alice.Control.DisconnectAsync($"#{first.Peer.Link}").Soon();
        Assert.Contains("disconnected", await first.Completion.Soon(), StringComparison.Ordinal);
        Assert.False(second.Completion.IsCompleted);
        await alice.Control.DisconnectAsync("bob").Soon();
        await second.Completion.Soon();
    }

    [Fact]
    public async Task A_first_attempt_that_fails_leaves_nothing_behind()
    {
        var alice = await Nodes.StartAsync("alice");
        await alice.Control.ConnectAsync(new ConnectRequest { Transport = Endpoint }).FailsAsync(PnetError.Unreachable, Endpoint);
        await alice.Control.ConnectAsync(new ConnectRequest { Transport = "exit 3" }).FailsAsync(PnetError.Unreachable, "exit 3");
        await Assert.ThrowsAsync<FormatException>(() => alice.Control.ConnectAsync(new ConnectRequest { Transport = "" }).Soon());
        Assert.Empty(await alice.Control.GetPeersAsync());
    }

    [Fact]
    public async Task A_node_that_stops_gives_up_what_it_was_connecting()
    {
        var alice = await Nodes.StartAsync("alice");
        var connecting = alice.Control.ConnectAsync(new ConnectRequest { Transport = "sleep 1000" });
        await PeersAsync(alice, p => p is [{ State: LinkState.Connecting }]);
        await alice.DisposeAsync().Soon();
        await connecting.FailsAsync(PnetError.Closed, "disconnected before the link was up");
    }

    [Fact]
    public async Task A_listener_that_is_removed_keeps_its_links_and_takes_no_more()
    {
        var (alice, carol) = (await Nodes.StartAsync("alice"), await Nodes.StartAsync("carol"));
        var bob = await StartListeningAsync("bob");
        await alice.Control.ConnectAsync(new ConnectRequest { Transport = Endpoint }).Soon();
        Assert.Equal((Endpoint, 1L), Assert.Single(await bob.Control.GetListenersAsync()) is var l ? (l.Endpoint, l.Accepted) : default);
        await bob.Control.RemoveListenerAsync(Endpoint).Soon();
        Assert.Empty(await bob.Control.GetListenersAsync());
        Assert.False(File.Exists(Folder.File("bob.link")));
        await carol.Control.ConnectAsync(new ConnectRequest { Transport = Endpoint }).FailsAsync(PnetError.Unreachable);
        Assert.Equal(LinkState.Up, Assert.Single(await alice.Control.GetPeersAsync()).State);
    }

    [Fact]
    public async Task A_node_that_can_not_have_all_it_asks_for_leaves_nothing_running()
    {
        await StartListeningAsync("bob");
        var free = "unix://" + Folder.File("free.link");
        await Nodes.StartAsync("second", o => o with { Listen = [free, Endpoint] }).FailsAsync(PnetError.AlreadyExists, Endpoint["unix://".Length..]);
        Assert.False(File.Exists(Folder.File("free.link")));
    }

    private Task<Node> StartListeningAsync(string name) => Nodes.StartAsync(name, o => o with { Listen = [Endpoint] });

    private static Task PeersAsync(Node node, Func<IReadOnlyList<PeerInfo>, bool> condition) =>
        Waiting.UntilAsync(() => condition(node.Control.GetPeersAsync().Result), "the links are as they should be");
}
