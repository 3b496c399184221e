using System.Text;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Frames;
using Pnet.Tests.Links;
using Pnet.Tests.Services;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Control;

/// <summary>Services that a manager serves, and reverse tunnels whose near ends it opens: in the process and over the socket alike.</summary>
public sealed class LentTests : NodesTest
{
    private readonly List<INodeControl> _managers = [];

    public override async Task DisposeAsync()
    {
        foreach (var manager in _managers)
            await manager.DisposeAsync();
        await base.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_attaches_a_service_serves_its_channels_and_is_told_whose_they_are(bool socket)
    {
        var (alice, bob, manager) = await StartAsync(socket);
        var caller = new TaskCompletionSource<NodeId>();
        await using var service = await manager.AttachServiceAsync(Offer("shout"), async (node, channel, token) =>
        {
            caller.TrySetResult(node);
            var text = await Bytes.ReadTextAsync(channel);
            await channel.WriteAsync(Encoding.UTF8.GetBytes(text.ToUpperInvariant()), token);
            await channel.EndAsync(7, token);
        }).Soon();
        Assert.Equal(("shout", "a test"), (service.Service.Name, service.Service.Transport));
        Assert.Equal("a test", Assert.Single(await bob.Control.GetServicesAsync()).Transport);

        await using var channel = await OpenAsync(alice, "shout");
        await channel.WriteAsync("hello"u8.ToArray()).Soon();
        await channel.EndAsync().Soon();
        Assert.Equal("HELLO", await Bytes.ReadTextAsync(channel));
        Assert.Equal(7, channel.EndStatus);
        Assert.Equal(alice.Id, await caller.Task.Soon());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_status_of_the_caller_arrives_as_well(bool socket)
    {
        var (alice, _, manager) = await StartAsync(socket);
        var status = new TaskCompletionSource<int?>();
        await using var service = await manager.AttachServiceAsync(Offer("x"), async (_, channel, _) =>
        {
            await Bytes.ReadTextAsync(channel);
            status.TrySetResult(channel.EndStatus);
        }).Soon();
        await using var channel = await OpenAsync(alice, "x");
        await channel.EndAsync(5).Soon();
        Assert.Equal(5, await status.Task.Soon());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_serving_throws_is_why_the_channel_is_cut(bool socket)
    {
        var (alice, bob, manager) = await StartAsync(socket);
        await using var service = await manager.AttachServiceAsync(
            Offer("x"), (_, _, _) => throw new PnetException(PnetError.LimitReached, "no more of that today")).Soon();
        var failed = Conversation.NextEventAsync(bob, "service.failed");
        await using var channel = await OpenAsync(alice, "x");
        await channel.ReadAsync(new byte[1]).AsTask().FailsAsync(PnetError.LimitReached, "no more of that today");
        Assert.Contains("no more of that today", (await failed).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_channel_that_is_cut_is_a_failure_to_who_serves_it(bool socket)
    {
        var (alice, _, manager) = await StartAsync(socket);
        var reading = new TaskCompletionSource<Task<int>>();
        await using var service = await manager.AttachServiceAsync(Offer("x"), async (_, channel, token) =>
        {
            var read = channel.ReadAsync(new byte[1], token).AsTask();
            reading.TrySetResult(read);
            await read;
        }).Soon();
        var channel = await OpenAsync(alice, "x");
        var read = await reading.Task.Soon();
        await channel.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => read.Soon());
    }

    [Fact]
    public async Task Who_serves_is_told_to_stop_when_the_caller_goes()
    {
        var (alice, _, manager) = await StartAsync(socket: true);
        var (serving, stopped) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var service = await manager.AttachServiceAsync(Offer("x"), async (_, _, token) =>
        {
            serving.TrySetResult();
            await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stopped.TrySetResult();
        }).Soon();
        var channel = await OpenAsync(alice, "x");
        await serving.Task.Soon();
        await channel.DisposeAsync();
        await stopped.Task.Soon();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Many_channels_are_served_at_once(bool socket)
    {
        var (alice, bob, manager) = await StartAsync(socket);
        await using var service = await manager.AttachServiceAsync(Offer("echo"), Conversation.EchoAsync).Soon();
        var channels = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => OpenAsync(alice, "echo")));
        await Task.WhenAll(channels.Select((c, i) => Conversation.EchoesAsync(c, $"channel {i}")));
        Assert.Equal(100, Assert.Single(await bob.Control.GetServicesAsync()).Active);
        var block = Bytes.Random(60_000);
        await Task.WhenAll(channels.Select(async c =>
        {
            var receiving = Bytes.ReceiveAsync(c);
            var sent = await Bytes.SendAsync(c, block, 5 * block.Length);
            Assert.Equal(sent, (await receiving).Hash);
        })).Soon();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposing_ends_the_offer_and_channels_that_are_open_stay(bool socket)
    {
        var (alice, bob, manager) = await StartAsync(socket);
        var service = await manager.AttachServiceAsync(Offer("echo"), Conversation.EchoAsync).Soon();
        await using var channel = await OpenAsync(alice, "echo");
        await Conversation.EchoesAsync(channel, "up");
        await service.DisposeAsync().Soon();
        await Waiting.UntilAsync(() => bob.Control.GetServicesAsync().Result.Count == 0, "it is no longer offered");
        await Conversation.EchoesAsync(channel, "still");
        // A name that is free again is not taken away from who has it next.
        bob.AddService("echo", "", [], Conversation.EchoAsync);
        await service.DisposeAsync().Soon();
        Assert.Single(await bob.Control.GetServicesAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_completes_when_somebody_else_removes_it(bool socket)
    {
        var (_, bob, manager) = await StartAsync(socket);
        await using var service = await manager.AttachServiceAsync(Offer("echo"), Conversation.EchoAsync).Soon();
        Assert.False(service.Completion.IsCompleted);
        await bob.Control.RemoveServiceAsync("echo").Soon();
        await service.Completion.Soon();
    }

    [Fact]
    public async Task A_manager_that_goes_takes_its_services_and_their_channels_with_it()
    {
        var (alice, bob, manager) = await StartAsync(socket: true);
        var ended = new TaskCompletionSource();
        var service = await manager.AttachServiceAsync(Offer("echo"), async (node, channel, token) =>
        {
            try
            {
                await Conversation.EchoAsync(node, channel, token);
            }
            finally
            {
                ended.TrySetResult();
            }
        }).Soon();
        await using var channel = await OpenAsync(alice, "echo");
        await Conversation.EchoesAsync(channel, "up");
        await manager.DisposeAsync().Soon();
        Assert.True(ended.Task.IsCompleted);
        await Assert.ThrowsAnyAsync<IOException>(() => service.Completion.Soon());
        await Assert.ThrowsAnyAsync<IOException>(() => channel.ReadAsync(new byte[1]).Soon());
        await Waiting.UntilAsync(() => bob.Control.GetServicesAsync().Result.Count == 0, "it is no longer offered");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_can_not_be_offered_is_told(bool socket)
    {
        var (_, bob, manager) = await StartAsync(socket);
        bob.AddService("taken", "", [], Conversation.EchoAsync);
        await manager.AttachServiceAsync(Offer("taken"), Conversation.EchoAsync).FailsAsync(PnetError.AlreadyExists, "taken");
        await Waiting.FailsAsync(() => manager.At(AddressPath.Parse("alice")).AttachServiceAsync(Offer("x"), Conversation.EchoAsync), PnetError.Refused, "alice is a far node");
        Assert.Single(await bob.Control.GetServicesAsync());
    }

    [Fact]
    public async Task A_far_node_is_not_given_a_service_by_a_managers_request_either()
    {
        var (alice, _, _) = await StartAsync(socket: true);
        await using var link = await ManagerLink.ConnectAsync(Folder.File("bob.sock"), default).Soon();
        var call = await link.OpenAsync(FrameAddress.OfService(ControlServer.ServiceName), default).Soon();
        await call.WriteAsync("{\"method\":\"attach-service\",\"target\":\"alice\",\"parameters\":{\"name\":\"x\",\"transport\":\"y\",\"allow\":[]}}\n"u8.ToArray()).Soon();
        Assert.Contains("\"kind\":\"Refused\"", await Bytes.ReadTextAsync(call), StringComparison.Ordinal);
        Assert.Empty(await alice.Control.GetServicesAsync());
    }

    [Fact]
    public async Task A_manager_that_opens_no_stream_is_given_up_and_the_caller_is_told()
    {
        var (alice, _, _) = await StartAsync(socket: true);
        await using var link = await ManagerLink.ConnectAsync(Folder.File("bob.sock"), default).Soon();
        var call = await link.OpenAsync(FrameAddress.OfService(ControlServer.ServiceName), default).Soon();
        await call.WriteAsync("{\"method\":\"attach-service\",\"parameters\":{\"name\":\"x\",\"transport\":\"y\",\"allow\":[]}}\n"u8.ToArray()).Soon();
        await call.ReadAsync(new byte[1]).Soon();
        await OpenAsync(alice, "x").FailsAsync(PnetError.TimedOut, "did not open its stream within 10 s");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_attaches_a_reverse_tunnel_opens_its_near_ends(bool socket)
    {
        var (alice, _, manager) = await StartAsync(socket);
        var web = await alice.Control.AddServiceAsync(new ServiceRequest { Name = "web", Transport = "tcp://127.0.0.1:0", Listen = true }).Soon();
        await using var tunnel = await manager.AttachTunnelAsync(
            Reverse(), _ => Task.FromResult<ITransport>(ProcessTransport.Start("tr a-z A-Z"))).Soon();
        Assert.Equal((TunnelKind.Reverse, "a test"), (tunnel.Tunnel.Kind, tunnel.Tunnel.Transport));
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => AskAsync(web, $"question {i}")));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"QUESTION {i}"), answers);
        Assert.Equal(10, Assert.Single(await manager.GetTunnelsAsync().Soon()).Connections);
        await manager.RemoveTunnelAsync(tunnel.Tunnel.Id).Soon();
        Assert.Null(await tunnel.Completion.Soon());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_near_end_that_can_not_be_opened_closes_its_connection_alone(bool socket)
    {
        var (alice, bob, manager) = await StartAsync(socket);
        var web = await alice.Control.AddServiceAsync(new ServiceRequest { Name = "web", Transport = "tcp://127.0.0.1:0", Listen = true }).Soon();
        var first = true;
        var failed = Conversation.NextEventAsync(bob, "connection.failed");
        await using var tunnel = await manager.AttachTunnelAsync(Reverse(), _ =>
        {
            var fails = first;
            first = false;
            return fails ? throw new InvalidOperationException("not ready yet") : Task.FromResult<ITransport>(ProcessTransport.Start("cat"));
        }).Soon();
        Assert.Equal("", await AskAsync(web, "early"));
        Assert.Contains("not ready yet", (await failed).Message, StringComparison.Ordinal);
        Assert.Equal("now", await AskAsync(web, "now"));
    }

    [Fact]
    public async Task A_manager_that_goes_takes_its_reverse_tunnels_with_it()
    {
        var (alice, bob, manager) = await StartAsync(socket: true);
        var web = await alice.Control.AddServiceAsync(new ServiceRequest { Name = "web", Transport = "tcp://127.0.0.1:0", Listen = true }).Soon();
        var tunnel = await manager.AttachTunnelAsync(Reverse(), _ => Task.FromResult<ITransport>(ProcessTransport.Start("cat"))).Soon();
        await using var connection = await TransportRegistry.CreateDefault().DialAsync(web.Transport!);
        await Conversation.EchoesAsync(connection, "up");
        await manager.DisposeAsync().Soon();
        Assert.Equal(0, await connection.ReadAsync(new byte[1]).Soon());
        await Waiting.UntilAsync(() => bob.Control.GetTunnelsAsync().Result.All(t => t.State == TunnelState.Ended), "the tunnel has ended");
        await Assert.ThrowsAnyAsync<IOException>(() => tunnel.Completion.Soon());
    }

    private static ServiceRequest Offer(string name) => new() { Name = name, Transport = "a test" };

    private static TunnelRequest Reverse() => new(AddressPath.Parse("alice/service:web"), "a test", TunnelKind.Reverse);

    private static Task<ITransport> OpenAsync(Node alice, string service) => alice.Control.OpenAsync(AddressPath.Parse($"bob/service:{service}")).Soon();

    private static async Task<string> AskAsync(ServiceInfo service, string question)
    {
        await using var connection = await TransportRegistry.CreateDefault().DialAsync(service.Transport!);
        await connection.WriteAsync(Encoding.UTF8.GetBytes(question)).Soon();
        await connection.EndAsync().Soon();
        return await Bytes.ReadTextAsync(connection);
    }

    /// <summary>Alice and bob, who know each other, and bob's manager: in his process, or over the socket.</summary>
    private async Task<(Node Alice, Node Bob, INodeControl Manager)> StartAsync(bool socket)
    {
        var path = Folder.File("bob.sock");
        var alice = await Nodes.StartAsync("alice", o => o with { Allow = ["*"] });
        var bob = await Nodes.StartAsync("bob", o => o with { Allow = [alice.Id.ToString()], SocketPath = path });
        await alice.Control.GrantAccessAsync(new AccessEntry { Id = bob.Id });
        await TestNodes.LinkAsync(alice, bob);
        if (!socket)
            return (alice, bob, bob.Control);
        _managers.Add(await ControlClient.ConnectAsync(path).Soon());
        return (alice, bob, _managers[^1]);
    }
}
