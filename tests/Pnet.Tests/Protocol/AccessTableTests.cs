using System.Net.Sockets;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Tests.Services;

namespace Pnet.Tests.Protocol;

/// <summary>Who may do what, as the table in docs/security.md has it, with real nodes.</summary>
public sealed class AccessTableTests : NodesTest
{
    [Fact]
    public async Task A_stranger_may_ping_and_be_routed_and_nothing_else()
    {
        var bob = await Nodes.StartListeningAsync("bob", o => o with { TunnelProcess = "cat" });
        var carol = await Nodes.StartListeningAsync("carol");
        var stranger = await Nodes.StartListeningAsync("stranger");
        await TestNodes.ConnectAsync(bob, carol, pinned: false);
        await TestNodes.ConnectAsync(stranger, bob, pinned: false);
        await PingAsync(stranger, "bob");
        await PingAsync(stranger, $"bob/{carol.Id}");
        await RefusedAsync(() => stranger.Control.OpenAsync(AddressPath.Parse("bob"), Token));
        await RefusedAsync(() => stranger.Control.OpenAsync(AddressPath.Parse("bob/service:nothing"), Token));
        var far = stranger.Control.At(AddressPath.Parse("bob"));
        await RefusedAsync(() => far.GetNodeAsync(Token));
        await RefusedAsync(() => far.GetPeersAsync(Token));
        await RefusedAsync(() => far.GetServicesAsync(Token));
        await RefusedAsync(() => far.StopAsync(Token));
    }

    [Fact]
    public async Task A_known_node_may_look_and_use_services_and_change_nothing()
    {
        var known = await Nodes.StartListeningAsync("known");
        var bob = await Nodes.StartListeningAsync("bob", o => o with { TunnelProcess = "cat", Allow = [known.Id.ToString()] });
        var carol = await Nodes.StartListeningAsync("carol");
        await TestNodes.ConnectAsync(bob, carol, pinned: false);
        await TestNodes.ConnectAsync(known, bob, pinned: false);
        await (await known.Control.OpenAsync(AddressPath.Parse("bob"), Token)).DisposeAsync();
        var far = known.Control.At(AddressPath.Parse("bob"));
        Assert.Equal(bob.Id, (await far.GetNodeAsync(Token)).Id);
        var service = Assert.Single(await far.GetServicesAsync(Token));
        Assert.Equal(("tunnel", null), (service.Name, service.Transport));
        await RefusedAsync(() => far.StopAsync(Token));
        await RefusedAsync(() => far.AddServiceAsync(new ServiceRequest { Transport = "cat" }, Token));
    }

    [Fact]
    public async Task A_known_node_is_not_told_the_command_lines_of_links()
    {
        var known = await Nodes.StartListeningAsync("known");
        var bob = await Nodes.StartListeningAsync("bob", o => o with { Allow = [known.Id.ToString()] });
        var carol = await Nodes.StartListeningAsync("carol");
        await TestNodes.ConnectAsync(bob, carol, pinned: false);
        await TestNodes.ConnectAsync(known, bob, pinned: false);
        Assert.All(await bob.Control.GetPeersAsync(Token), peer => Assert.StartsWith("tcp://", peer.Transport, StringComparison.Ordinal));
        var told = await known.Control.At(AddressPath.Parse("bob")).GetPeersAsync(Token);
        Assert.Equal(new[] { carol.Id, known.Id }.Order(), told.Select(peer => peer.Id!.Value).Order());
        Assert.All(told, peer => Assert.Empty(peer.Transport));
    }

    [Fact]
    public async Task The_owner_s_manager_gets_in_when_strangers_hold_every_link()
    {
        var socket = Folder.File("pnet.sock");
        var bob = await Nodes.StartListeningAsync("bob", o => o with { SocketPath = socket, MaxLinks = 1 });
        await TestNodes.ConnectAsync(await Nodes.StartListeningAsync("stranger"), bob, pinned: false);
        var late = await Nodes.StartListeningAsync("late");
        await Assert.ThrowsAsync<PnetException>(() => TestNodes.ConnectAsync(late, bob, pinned: false));
        await using var manager = await ControlClient.ConnectAsync(socket, Token);
        Assert.Equal(bob.Id, (await manager.GetNodeAsync(Token)).Id);
    }

    [Fact]
    public async Task Half_a_handshake_keeps_no_manager_out()
    {
        var socket = Folder.File("pnet.sock");
        var bob = await Nodes.StartListeningAsync("bob", o => o with { SocketPath = socket, MaxLinks = 2 });
        var endpoint = new Uri((await bob.Control.GetListenersAsync(Token))[0].Endpoint);
        using var first = await SilentAsync(endpoint);
        using var second = await SilentAsync(endpoint);
        await using var manager = await ControlClient.ConnectAsync(socket, Token);
        Assert.Equal(bob.Id, (await manager.GetNodeAsync(Token)).Id);
    }

    // Connects and waits until the node has sent its preamble: it is in the middle of a handshake then.
    private async Task<Socket> SilentAsync(Uri endpoint)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endpoint.Host, endpoint.Port, Token);
        Assert.True(await socket.ReceiveAsync(new byte[1], Token) > 0);
        return socket;
    }

    private async Task PingAsync(Node from, string path)
    {
        var request = new PingRequest { Address = AddressPath.Parse(path), Count = 1 };
        Assert.NotNull(Assert.Single(await from.Control.PingAsync(request, Token).ToListAsync(Token)).RoundTrip);
    }

    private static async Task RefusedAsync(Func<Task> request) =>
        Assert.Equal(PnetError.Refused, (await Assert.ThrowsAsync<PnetException>(request)).Error);
}
