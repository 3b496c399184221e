using System.Net.Sockets;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Frames;
using Pnet.Tests.Links;
using Pnet.Tests.Services;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Control;

/// <summary>Managers in other processes, and the socket they come through.</summary>
public sealed class ManagerTests : NodesTest
{
    private string SocketPath => Folder.File("pnet.sock");

    [Fact]
    public async Task The_socket_is_the_owners_alone_and_goes_with_the_node()
    {
        var node = await StartAsync("bob");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketPath));
        await using var manager = await ControlClient.ConnectAsync(SocketPath).Soon();
        await manager.StopAsync().Soon();
        await node.Completion.Soon();
        Assert.False(File.Exists(SocketPath));
        await Assert.ThrowsAsync<PnetException>(() => manager.GetNodeAsync().Soon());
    }

    [Fact]
    public async Task A_second_node_at_a_socket_in_use_is_refused_and_the_first_is_untouched()
    {
        await StartAsync("first");
        await StartAsync("second").FailsAsync(PnetError.AlreadyExists, "a node is running at", SocketPath);
        await using var manager = await ControlClient.ConnectAsync(SocketPath).Soon();
        Assert.Equal("first", (await manager.GetNodeAsync().Soon()).Name);
    }

    [Fact]
    public async Task A_socket_that_a_dead_node_left_is_taken_over()
    {
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // Bound under another name and moved, so that closing it doesn't remove the file.
            dead.Bind(new UnixDomainSocketEndPoint(Folder.File("left")));
            dead.Listen();
            File.Move(Folder.File("left"), SocketPath);
        }
        Assert.True(File.Exists(SocketPath));
        await ControlClient.ConnectAsync(SocketPath).FailsAsync(PnetError.Unreachable, $"no node answers at {SocketPath}");
        await StartAsync("bob");
        await using var manager = await ControlClient.ConnectAsync(SocketPath).Soon();
        Assert.Equal("bob", (await manager.GetNodeAsync().Soon()).Name);
    }

    [Fact]
    public async Task A_path_that_is_too_long_is_told_with_its_limit()
    {
        var path = Folder.File(new string('x', 120));
        await Nodes.StartAsync("bob", o => o with { SocketPath = path }).FailsAsync(PnetError.Usage, "bytes long", path);
    }

    [Fact]
    public async Task A_file_that_is_no_socket_is_left_alone()
    {
        await File.WriteAllTextAsync(SocketPath, "mine");
        await StartAsync("bob").FailsAsync(PnetError.AlreadyExists, SocketPath);
        Assert.Equal("mine", await File.ReadAllTextAsync(SocketPath));
    }

    [Fact]
    public async Task Where_no_node_is_a_manager_is_told_how_to_start_one()
    {
        var failure = await ControlClient.ConnectAsync(SocketPath).FailsAsync(PnetError.Unreachable, $"no node answers at {SocketPath}");
        Assert.Contains("r2d", failure.Action, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_of_every_kind_reach_the_manager_as_they_are()
    {
        await StartAsync("bob");
        await using var manager = await ControlClient.ConnectAsync(SocketPath).Soon();
        await manager.OpenAsync(AddressPath.Parse("nobody")).FailsAsync(PnetError.NotFound, "nobody");
        await manager.DisconnectAsync("nobody").FailsAsync(PnetError.NotFound, "nobody");
        await manager.DisconnectAsync("a b").FailsAsync(PnetError.Usage, "a b");
        await manager.DisconnectAsync("#99").FailsAsync(PnetError.NotFound, "#99");
        await manager.RemoveListenerAsync("tcp://127.0.0.1:1").FailsAsync(PnetError.NotFound, "tcp://127.0.0.1:1");
        await manager.RemoveTunnelAsync(77).FailsAsync(PnetError.NotFound, "77");
        await manager.RemoveServiceAsync("x").FailsAsync(PnetError.NotFound, "x");
        await manager.RevokeAccessAsync("x").FailsAsync(PnetError.NotFound, "x");
        await manager.AddListenerAsync("nonsense://").FailsAsync(PnetError.Usage);
        await manager.GrantAccessAsync(new AccessEntry { Name = "x" }).FailsAsync(PnetError.Usage, "no id");
        await manager.PingAsync(new PingRequest { Address = AddressPath.Parse("nobody"), Size = 1 }).ToListAsync().AsTask().FailsAsync(PnetError.Usage, "1 bytes");
        var hop = Assert.Single(await manager.TraceAsync(AddressPath.Parse("nobody/else")).ToListAsync().AsTask().Soon());
        Assert.Contains("nobody", hop.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kept_events_are_listed_and_followed_over_the_socket()
    {
        var node = await StartAsync("bob");
        await using var manager = await ControlClient.ConnectAsync(SocketPath).Soon();
        node.Events.Publish("test.one", "1");
        node.Events.Publish("test.two", "2", node.Id, warning: true);
        node.Events.Publish("other", "3");
        var query = new EventQuery { Kinds = ["test.*"], Newest = 1 };
        Assert.Equal(await node.Control.GetEventsAsync(query), await manager.GetEventsAsync(query).Soon());
        var picked = Assert.Single(await manager.GetEventsAsync(new EventQuery { Warning = true }).Soon());
        Assert.Equal(("test.two", "2", node.Id), (picked.Kind, picked.Message, picked.Peer));
        var watching = manager.WatchAsync(query).GetAsyncEnumerator();
        Assert.True(await watching.MoveNextAsync().Soon());
        Assert.Equal(picked, watching.Current);
        node.Events.Publish("other", "4");
        Assert.True(await watching.MoveNextAsync().Soon());
        Assert.Equal("4", watching.Current.Message);
        await watching.DisposeAsync();
        await manager.GetEventsAsync(new EventQuery { Newest = -1 }).FailsAsync(PnetError.Usage, "-1");
    }

    [Fact]
    public async Task A_full_log_of_long_messages_reaches_the_manager()
    {
        var node = await StartAsync("bob");
        await using var manager = await ControlClient.ConnectAsync(SocketPath).Soon();
        for (var i = 0; i < EventLog.Kept; i++)
            node.Events.Publish("test", new string('x', EventLog.MaxMessage));
        Assert.Equal(EventLog.Kept, (await manager.GetEventsAsync(new EventQuery { Kinds = ["test"] }).Soon()).Count);
    }

    [Fact]
    public async Task A_watch_in_the_process_ends_when_the_node_has_stopped_and_one_over_the_socket_fails()
    {
        var node = await StartAsync("bob");
        await using var manager = await ControlClient.ConnectAsync(SocketPath).Soon();
        await node.Control.AddListenerAsync("tcp://127.0.0.1:0").Soon();
        var near = node.Control.WatchAsync().ToListAsync().AsTask();
        var far = manager.WatchAsync(new EventQuery()).ToListAsync().AsTask();
        await manager.StopAsync().Soon();
        await far.FailsAsync(PnetError.Closed);
        Assert.Equal("listener.closed", (await near.Soon())[^1].Kind);
    }

    [Fact]
    public async Task A_request_that_is_given_up_ends_at_the_node()
    {
        var node = await StartAsync("bob");
        await using var manager = await ControlClient.ConnectAsync(SocketPath).Soon();
        using var cancel = new CancellationTokenSource();
        var watching = manager.WatchAsync(cancel.Token).GetAsyncEnumerator(cancel.Token);
        var waiting = watching.MoveNextAsync().AsTask();
        await Waiting.UntilAsync(
            () =>
            {
                node.Events.Publish("test", "is anybody there");
                return waiting.IsCompleted;
            },
            "the watcher hears");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (await watching.MoveNextAsync().Soon())
            {
                // What was on its way is still there.
            }
        });
        await watching.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => manager.ConnectAsync(new ConnectRequest { Transport = "sleep 100" }, new CancellationTokenSource(100).Token).Soon());
        await Waiting.UntilAsync(() => node.Control.GetPeersAsync().Result.Count == 0, "nothing is being connected");
        Assert.Equal("bob", (await manager.GetNodeAsync().Soon()).Name);
    }

    [Fact]
    public async Task Malformed_parameters_of_a_manager_are_answered()
    {
        await StartAsync("bob");
        var link = await ManagerLink.ConnectAsync(SocketPath, default).Soon();
        await using (link)
        {
            var cases = new Dictionary<string, string>
            {
                ["{\"method\":\"untunnel\",\"parameters\":\"99999999999999\"}"] = "Failed",
                ["{\"method\":\"untunnel\",\"parameters\":\"x\"}"] = "Usage",
                ["{\"method\":\"untunnel\"}"] = "Protocol",
                ["{\"method\":\"connect\",\"parameters\":7}"] = "Protocol",
                ["{\"method\":\"connect\",\"parameters\":{\"expectedId\":\"x\",\"transport\":\"y\"}}"] = "Protocol",
                ["{\"method\":\"open\",\"parameters\":\"//\"}"] = "Protocol",
                ["{\"method\":\"node\",\"target\":\"//\"}"] = "Usage",
                ["{\"method\":\"no-such\"}"] = "Protocol",
            };
            foreach (var (request, kind) in cases)
            {
                var channel = await link.OpenAsync(FrameAddress.OfService(ControlServer.ServiceName), default).Soon();
                await channel.WriteAsync(System.Text.Encoding.UTF8.GetBytes(request + "\n")).Soon();
                Assert.Contains($"\"kind\":\"{kind}\"", await Bytes.ReadTextAsync(channel), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_tunnel_through_a_manager_carries_bytes_its_end_and_its_status()
    {
        var (alice, bob) = (await StartAsync("alice"), await Nodes.StartAsync("bob", o => o with { TunnelProcess = "tr a-z A-Z; exit 7", Allow = ["*"] }));
        await TestNodes.LinkAsync(alice, bob);
        await using var manager = await ControlClient.ConnectAsync(SocketPath).Soon();
        var (near, far) = MemoryTransport.CreatePair();
        await using var tunnel = await manager.AttachTunnelAsync(AddressPath.Parse("bob"), far).Soon();
        Assert.Equal(TunnelState.Open, Assert.Single(await manager.GetTunnelsAsync().Soon()).State);
        await near.WriteAsync("shout"u8.ToArray()).Soon();
        await near.EndAsync().Soon();
        Assert.Equal("SHOUT", await Bytes.ReadTextAsync(near));
        Assert.Equal(7, near.EndStatus);
        Assert.Equal(7, await tunnel.Completion.Soon());
        var info = Assert.Single(await manager.GetTunnelsAsync().Soon());
        Assert.Equal((TunnelState.Ended, 7, 5L, 5L), (info.State, info.ExitStatus, info.BytesSent, info.BytesReceived));
    }

    [Fact]
    public async Task A_tunnel_that_is_removed_says_so()
    {
        var (alice, bob) = (await StartAsync("alice"), await Nodes.StartAsync("bob", o => o with { TunnelProcess = "cat", Allow = ["*"] }));
        await TestNodes.LinkAsync(alice, bob);
        await using var manager = await ControlClient.ConnectAsync(SocketPath).Soon();
        var (near, far) = MemoryTransport.CreatePair();
        await using var tunnel = await manager.AttachTunnelAsync(AddressPath.Parse("bob"), far).Soon();
        await manager.RemoveTunnelAsync(tunnel.Tunnel.Id).Soon();
        await tunnel.Completion.FailsAsync(PnetError.Closed, $"tunnel {tunnel.Tunnel.Id} was removed");
        Assert.Equal(0, await near.ReadAsync(new byte[1]).Soon());
        Assert.Equal(TunnelState.Failed, Assert.Single(await manager.GetTunnelsAsync().Soon()).State);
    }

    [Fact]
    public async Task A_link_over_a_managers_transport_ends_with_the_transport()
    {
        var (alice, bob) = (await StartAsync("alice"), await Nodes.StartAsync("bob"));
        await using var manager = await ControlClient.ConnectAsync(SocketPath).Soon();
        var (near, far) = MemoryTransport.CreatePair();
        var (mine, theirs) = MemoryTransport.CreatePair();
        var relaying = Splice.RunAsync(near, theirs);
        var there = bob.Control.AttachAsync(mine, new ConnectRequest { Transport = "memory" });
        await using var link = await manager.AttachAsync(far, new ConnectRequest { Transport = "by hand" }).Soon();
        var atBob = await there.Soon();
        Assert.Equal((bob.Id, "by hand"), (link.Peer.Id, link.Peer.Transport));
        Assert.Equal("by hand", Assert.Single(await alice.Control.GetPeersAsync()).Transport);
        near.Abort();
        Assert.NotEmpty(await link.Completion.Soon());
        await Assert.ThrowsAnyAsync<IOException>(() => relaying.Soon());
        await Waiting.UntilAsync(() => alice.Control.GetPeersAsync().Result.Count == 0, "the link is gone");
        await theirs.DisposeAsync();
        Assert.NotEmpty(await atBob.Completion.Soon());
    }

    [Fact]
    public async Task A_manager_that_goes_takes_its_attached_links_and_tunnels_with_it()
    {
        var (alice, bob) = (await StartAsync("alice"), await Nodes.StartAsync("bob", o => o with { TunnelProcess = "cat", Allow = ["*"] }));
        await TestNodes.LinkAsync(alice, bob);
        var manager = await ControlClient.ConnectAsync(SocketPath).Soon();
        var (near, far) = MemoryTransport.CreatePair();
        await manager.AttachTunnelAsync(AddressPath.Parse("bob"), far).Soon();
        var stream = await manager.OpenAsync(AddressPath.Parse("bob")).Soon();
        await manager.DisposeAsync().AsTask().Soon();
        await stream.ReadAsync(new byte[1]).AsTask().FailsAsync(PnetError.Closed);
        Assert.Equal(0, await near.ReadAsync(new byte[1]).Soon());
        await Waiting.UntilAsync(() => alice.Control.GetTunnelsAsync().Result.All(t => t.State == TunnelState.Failed), "the tunnel is cut");
        await Waiting.UntilAsync(() => bob.Control.GetNodeAsync().Result.Channels == 0, "the far end is closed");
    }

    [Fact]
    public async Task A_stream_of_one_manager_can_not_be_taken_by_another()
    {
        var (alice, bob) = (await StartAsync("alice"), await Nodes.StartAsync("bob", o => o with { TunnelProcess = "cat", Allow = ["*"] }));
        await TestNodes.LinkAsync(alice, bob);
        await using var first = await ManagerLink.ConnectAsync(SocketPath, default).Soon();
        await using var second = await ManagerLink.ConnectAsync(SocketPath, default).Soon();
        var call = await first.OpenAsync(FrameAddress.OfService(ControlServer.ServiceName), default).Soon();
        await call.WriteAsync("{\"method\":\"open\",\"parameters\":\"bob\"}\n"u8.ToArray()).Soon();
        var buffer = new byte[4096];
        var line = System.Text.Encoding.UTF8.GetString(buffer, 0, await call.ReadAsync(buffer).Soon());
        var name = System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("stream").GetString()!;
        await second.OpenAsync(FrameAddress.OfService(name), default).FailsAsync(PnetError.NotFound);
        var stream = await first.OpenAsync(FrameAddress.OfService(name), default).Soon();
        await stream.WriteAsync("mine"u8.ToArray()).Soon();
        Assert.Equal("mine"u8.ToArray(), await Bytes.ReadExactlyAsync(stream, 4));
        // Nor taken twice.
        await first.OpenAsync(FrameAddress.OfService(name), default).FailsAsync(PnetError.NotFound);
    }

    private Task<Node> StartAsync(string name) => Nodes.StartAsync(name, o => o with { SocketPath = SocketPath });
}
