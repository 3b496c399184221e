using System.Net.Sockets;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Crypto;

namespace Pnet.Tests.Protocol;

/// <summary>Who may do what, as the table in docs/security.md has it, with real nodes.</summary>
public sealed class AccessTableTests : IAsyncLifetime
{
    private readonly List<Node> _nodes = [];
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(60));

    private CancellationToken Token => _timeout.Token;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));
        _timeout.Dispose();
    }

    [Fact]
    public async Task A_stranger_may_ping_and_be_routed_and_nothing_else()
    {
        var bob = await StartAsync("bob", o => o with { TunnelProcess = "cat" });
        var carol = await StartAsync("carol");
        var stranger = await StartAsync("stranger");
        await ConnectAsync(bob, carol);
        await ConnectAsync(stranger, bob);
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
        var known = await StartAsync("known");
        var bob = await StartAsync("bob", o => o with { TunnelProcess = "cat", Allow = [known.Id.ToString()] });
        var carol = await StartAsync("carol");
        await ConnectAsync(bob, carol);
        await ConnectAsync(known, bob);
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
        var known = await StartAsync("known");
        var bob = await StartAsync("bob", o => o with { Allow = [known.Id.ToString()] });
        var carol = await StartAsync("carol");
        await ConnectAsync(bob, carol);
        await ConnectAsync(known, bob);
        Assert.All(await bob.Control.GetPeersAsync(Token), peer => Assert.StartsWith("tcp://", peer.Transport, StringComparison.Ordinal));
        var told = await known.Control.At(AddressPath.Parse("bob")).GetPeersAsync(Token);
        Assert.Equal(new[] { carol.Id, known.Id }.Order(), told.Select(peer => peer.Id!.Value).Order());
        Assert.All(told, peer => Assert.Empty(peer.Transport));
    }

    [Fact]
    public async Task The_owner_s_manager_gets_in_when_strangers_hold_every_link()
    {
        var socket = Path.Combine(Path.GetTempPath(), $"pnet-{Guid.NewGuid():N}.sock");
        var bob = await StartAsync("bob", o => o with { SocketPath = socket, MaxLinks = 1 });
        await ConnectAsync(await StartAsync("stranger"), bob);
        var late = await StartAsync("late");
        await Assert.ThrowsAsync<PnetException>(() => ConnectAsync(late, bob));
        await using var manager = await ControlClient.ConnectAsync(socket, Token);
        Assert.Equal(bob.Id, (await manager.GetNodeAsync(Token)).Id);
    }

    [Fact]
    public async Task Half_a_handshake_keeps_no_manager_out()
    {
        var socket = Path.Combine(Path.GetTempPath(), $"pnet-{Guid.NewGuid():N}.sock");
        var bob = await StartAsync("bob", o => o with { SocketPath = socket, MaxLinks = 2 });
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

    private async Task<Node> StartAsync(string name, Func<NodeOptions, NodeOptions>? configure = null)
    {
        var options = new NodeOptions { Key = NodeKey.Generate(), Name = name, Listen = ["tcp://127.0.0.1:0"] };
        var node = await Node.StartAsync(configure?.Invoke(options) ?? options, Token);
        _nodes.Add(node);
        return node;
    }

    // By the endpoint alone: a pinned node would be a known one.
    private async Task ConnectAsync(Node from, Node to)
    {
        var endpoint = (await to.Control.GetListenersAsync(Token))[0].Endpoint;
        await from.Control.ConnectAsync(new ConnectRequest { Transport = endpoint, Reconnect = false }, Token);
    }
}
