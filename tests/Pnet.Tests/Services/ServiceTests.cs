using Pnet.Addressing;
using Pnet.Control;
using Pnet.Crypto;
using Pnet.Frames;
using Pnet.Tests.Links;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Services;

public sealed class ServiceTests : NodesTest
{
    [Fact]
    public async Task A_stranger_is_refused_and_told_the_same_of_what_is_there_and_what_is_not()
    {
        var node = await Nodes.StartAsync("bob");
        node.AddService("secret", "", [], EchoAsync);
        var (caller, stranger) = await Nodes.AddStrangerAsync(node);
        foreach (var name in new[] { "secret", "nothing", "control" })
        {
            var failure = await caller.OpenAsync(FrameAddress.OfService(name), default).FailsAsync(PnetError.Refused);
            Assert.Equal($"service \"{name}\" refused: that node does not know {stranger}", failure.Message);
            Assert.Equal("Ask its owner for access: r2 trust ID there, or --allow.", failure.Action);
        }
    }

    [Fact]
    public async Task A_known_node_is_told_what_is_not_there()
    {
        var node = await Nodes.StartAsync("bob");
        var (caller, _) = await Nodes.AddStrangerAsync(node, known: true);
        await caller.OpenAsync(FrameAddress.OfService("nothing"), default).FailsAsync(PnetError.NotFound, "no service \"nothing\" is offered");
    }

    [Fact]
    public async Task A_service_for_anyone_opens_itself_and_nothing_else()
    {
        var node = await Nodes.StartAsync("bob");
        node.AddService("open", "", ["*"], EchoAsync);
        node.AddService("shut", "", [], EchoAsync);
        var (caller, _) = await Nodes.AddStrangerAsync(node);
        await EchoesAsync(await caller.OpenAsync(FrameAddress.OfService("open"), default).Soon());
        await caller.OpenAsync(FrameAddress.OfService("shut"), default).FailsAsync(PnetError.Refused);
        await caller.OpenAsync(FrameAddress.OfService("control"), default).FailsAsync(PnetError.Refused);
    }

    [Fact]
    public async Task Allowing_anyone_opens_every_service_but_the_node_itself()
    {
        var node = await Nodes.StartAsync("bob", o => o with { Allow = ["*"] });
        node.AddService("any", "", [], EchoAsync);
        var (caller, _) = await Nodes.AddStrangerAsync(node);
        await EchoesAsync(await caller.OpenAsync(FrameAddress.OfService("any"), default).Soon());
        await caller.OpenAsync(FrameAddress.OfService("control"), default).FailsAsync(PnetError.Refused);
    }

    [Fact]
    public async Task What_is_granted_and_revoked_counts_from_the_next_channel_on()
    {
        var node = await Nodes.StartAsync("bob");
        node.AddService("echo", "", [], EchoAsync);
        var (caller, stranger) = await Nodes.AddStrangerAsync(node);
        var address = FrameAddress.OfService("echo");
        await caller.OpenAsync(address, default).FailsAsync(PnetError.Refused);
        await node.Control.GrantAccessAsync(new AccessEntry { Id = stranger, Name = "alice" });
        var open = await caller.OpenAsync(address, default).Soon();
        await node.Control.RevokeAccessAsync("alice");
        await caller.OpenAsync(address, default).FailsAsync(PnetError.Refused);
        // The one that was open stays.
        await EchoesAsync(open);
    }

    [Fact]
    public async Task Who_was_allowed_at_the_start_can_be_revoked_too()
    {
        using var key = NodeKey.Generate();
        var node = await Nodes.StartAsync("bob", o => o with { Allow = [key.Id.ToString()] });
        node.AddService("echo", "", [], EchoAsync);
        await node.Control.AddServiceAsync(new ServiceRequest { Name = "cat", Transport = "cat" });
        var alice = await Nodes.StartAsync("alice", o => o with { Key = Copy(key) });
        await TestNodes.LinkAsync(alice, node);
        await EchoesAsync(await alice.Control.OpenAsync(AddressPath.Parse("bob/service:echo")).Soon());
        await node.Control.RevokeAccessAsync(key.Id.ToString());
        await alice.Control.OpenAsync(AddressPath.Parse("bob/service:echo")).FailsAsync(PnetError.Refused);
        await alice.Control.OpenAsync(AddressPath.Parse("bob/service:cat")).FailsAsync(PnetError.Refused);
    }

    [Fact]
    public async Task A_node_that_was_asked_for_by_its_id_is_known_and_the_one_that_asked_is_not()
    {
        var (alice, bob) = (await Nodes.StartAsync("alice"), await Nodes.StartAsync("bob"));
        alice.AddService("echo", "", [], EchoAsync);
        bob.AddService("echo", "", [], EchoAsync);
        await TestNodes.LinkAsync(alice, bob, pinned: true);
        await EchoesAsync(await bob.Control.OpenAsync(AddressPath.Parse("alice/service:echo")).Soon());
        await alice.Control.OpenAsync(AddressPath.Parse("bob/service:echo")).FailsAsync(PnetError.Refused);
        var entry = Assert.Single(await alice.Control.GetAccessAsync());
        Assert.Equal((bob.Id, "pinned"), (entry.Id, entry.Source));
    }

    [Fact]
    public async Task Holders_of_the_network_key_know_each_other()
    {
        using var networkKey = NetworkKey.Generate();
        var alice = await Nodes.StartAsync("alice", o => o with { NetworkKey = networkKey });
        var bob = await Nodes.StartAsync("bob", o => o with { NetworkKey = networkKey });
        bob.AddService("echo", "", [], EchoAsync);
        await TestNodes.LinkAsync(alice, bob);
        await EchoesAsync(await alice.Control.OpenAsync(AddressPath.Parse("bob/service:echo")).Soon());
        Assert.True(Assert.Single(await bob.Control.GetPeersAsync()).Known);
    }

    [Fact]
    public async Task Whatever_a_service_throws_is_the_reason_and_the_service_goes_on()
    {
        var node = await Nodes.StartAsync("bob");
        node.AddService("odd", "", ["*"], async (_, transport, token) =>
        {
            if (await transport.ReadAsync(new byte[1], token) > 0)
                throw new InvalidDataException("that was odd");
        });
        var (caller, _) = await Nodes.AddStrangerAsync(node);
        for (var i = 0; i < 3; i++)
        {
            var channel = await caller.OpenAsync(FrameAddress.OfService("odd"), default).Soon();
            await channel.WriteAsync(new byte[1]).Soon();
            await channel.ReadAsync(new byte[1]).AsTask().FailsAsync(PnetError.Failed, "that was odd");
        }
        var service = Assert.Single(await node.Control.GetServicesAsync());
        Assert.Equal(3, service.Total);
        await Waiting.UntilAsync(() => node.Control.GetServicesAsync().Result[0].Active == 0, "none is active");
    }

    [Fact]
    public async Task A_service_that_can_not_open_its_transport_says_so()
    {
        var node = await Nodes.StartAsync("bob");
        await node.Control.AddServiceAsync(new ServiceRequest { Name = "gone", Transport = "unix:///nonexistent/socket", Allow = ["*"] });
        var (caller, _) = await Nodes.AddStrangerAsync(node);
        var failure = await Assert.ThrowsAsync<PnetException>(() => caller.OpenAsync(FrameAddress.OfService("gone"), default).Soon());
        Assert.Contains("/nonexistent/socket", failure.Message, StringComparison.Ordinal);
        await EventuallyClosedAsync(node);
    }

    [Fact]
    public async Task A_service_that_is_removed_keeps_its_channels_and_takes_no_more()
    {
        var node = await Nodes.StartAsync("bob");
        await node.Control.AddServiceAsync(new ServiceRequest { Name = "cat", Transport = "cat", Allow = ["*"] });
        await Assert.ThrowsAsync<PnetException>(() => node.Control.AddServiceAsync(new ServiceRequest { Name = "cat", Transport = "cat" }));
        await Assert.ThrowsAsync<FormatException>(() => node.Control.AddServiceAsync(new ServiceRequest { Name = "a b", Transport = "cat" }));
        var (caller, _) = await Nodes.AddStrangerAsync(node);
        var open = await caller.OpenAsync(FrameAddress.OfService("cat"), default).Soon();
        await node.Control.RemoveServiceAsync("cat");
        await Waiting.FailsAsync(() => node.Control.RemoveServiceAsync("cat"), PnetError.NotFound, "cat");
        await Waiting.FailsAsync(() => node.Control.RemoveServiceAsync("control"), PnetError.NotFound, "control");
        await caller.OpenAsync(FrameAddress.OfService("cat"), default).FailsAsync(PnetError.Refused);
        await EchoesAsync(open);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_program_that_neither_reads_nor_writes_ends_when_its_channel_is_cut(bool ended)
    {
        var node = await Nodes.StartAsync("bob");
        await node.Control.AddServiceAsync(new ServiceRequest { Name = "silent", Transport = "exec sleep 1000" });
        var (caller, _) = await Nodes.AddStrangerAsync(node, known: true);
        var channel = await caller.OpenAsync(FrameAddress.OfService("silent"), default).Soon();
        await channel.WriteAsync("not read"u8.ToArray());
        if (ended)
            await channel.EndAsync();
        await channel.DisposeAsync();
        await ProcessList.UntilAsync(() => ActiveAsync(node, "silent").Result == 0, "the program should end");
    }

    [Fact]
    public async Task A_program_that_sticks_in_its_input_ends_when_its_channel_is_cut()
    {
        var node = await Nodes.StartAsync("bob");
        await node.Control.AddServiceAsync(new ServiceRequest { Name = "stuck", Transport = "exec sleep 1000" });
        var (caller, _) = await Nodes.AddStrangerAsync(node, known: true);
        var channel = await caller.OpenAsync(FrameAddress.OfService("stuck"), default).Soon();
        using var full = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => channel.WriteAsync(new byte[64 << 20], full.Token).AsTask());
        await channel.DisposeAsync();
        await ProcessList.UntilAsync(() => ActiveAsync(node, "stuck").Result == 0, "the program should end");
    }

    [Fact]
    public async Task What_was_sent_before_the_end_arrives_though_the_channel_is_cut_behind_it()
    {
        using var folder = new TemporaryDirectory();
        var path = Path.Combine(folder.Path, "kept");
        var node = await Nodes.StartAsync("bob");
        await node.Control.AddServiceAsync(new ServiceRequest { Name = "keep", Transport = $"cat > '{path}.part'; mv '{path}.part' '{path}'" });
        var (caller, _) = await Nodes.AddStrangerAsync(node, known: true);
        var channel = await caller.OpenAsync(FrameAddress.OfService("keep"), default).Soon();
        var sent = new byte[1 << 20];
        new Random(3).NextBytes(sent);
        await channel.WriteAsync(sent).AsTask().Soon();
        await channel.EndAsync();
        await channel.DisposeAsync();
        await ProcessList.UntilAsync(() => File.Exists(path), "the file should be complete");
        Assert.Equal(sent, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task A_node_that_stops_cuts_its_channels_and_ends_its_processes()
    {
        var node = await Nodes.StartAsync("bob");
        await node.Control.AddServiceAsync(new ServiceRequest { Name = "wait", Transport = "echo $$; exec sleep 1000", Allow = ["*"] });
        var (caller, _) = await Nodes.AddStrangerAsync(node);
        var channel = await caller.OpenAsync(FrameAddress.OfService("wait"), default).Soon();
        var buffer = new byte[32];
        var pid = int.Parse(System.Text.Encoding.ASCII.GetString(buffer, 0, await channel.ReadAsync(buffer).Soon()).Trim(), System.Globalization.CultureInfo.InvariantCulture);
        var reading = channel.ReadAsync(buffer).AsTask();
        await node.DisposeAsync().Soon();
        await Assert.ThrowsAsync<PnetException>(() => reading.Soon());
        Assert.Throws<ArgumentException>(() => System.Diagnostics.Process.GetProcessById(pid));
    }

    private static NodeKey Copy(NodeKey key)
    {
        var bytes = new byte[NodeKey.Size];
        key.Export(bytes);
        return NodeKey.FromBytes(bytes);
    }

    private static async Task EventuallyClosedAsync(Node node)
    {
        await Waiting.UntilAsync(() => node.Control.GetNodeAsync().Result.Channels == 0, "no channel is open");
    }

    private static async Task EchoesAsync(ITransport channel)
    {
        await channel.WriteAsync("hello"u8.ToArray()).Soon();
        Assert.Equal("hello"u8.ToArray(), await Bytes.ReadExactlyAsync(channel, 5));
        await channel.EndAsync().Soon();
        Assert.Equal(0, await channel.ReadAsync(new byte[1]).Soon());
        await channel.DisposeAsync();
    }

    private static async Task<int> ActiveAsync(Node node, string service) =>
        (await node.Control.GetServicesAsync()).Single(s => s.Name == service).Active;

    private static async Task EchoAsync(NodeId caller, ITransport channel, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        for (int read; (read = await channel.ReadAsync(buffer, cancellationToken)) > 0;)
            await channel.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        await channel.EndAsync(cancellationToken: cancellationToken);
    }
}
