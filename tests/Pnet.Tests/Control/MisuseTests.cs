using Pnet.Addressing;
using Pnet.Control;
using Pnet.Tests.Links;
using Pnet.Tests.Services;
using Pnet.Transports;

namespace Pnet.Tests.Control;

/// <summary>What is asked of a node that can't do it: in the process and over the socket alike.</summary>
public sealed class MisuseTests : NodesTest
{
    [Fact]
    public async Task A_node_that_has_stopped_takes_no_listener_and_asks_for_no_link()
    {
        var (node, other) = (await Nodes.StartAsync("alice"), await Nodes.StartAsync("bob"));
        var endpoint = (await other.Control.AddListenerAsync("tcp://127.0.0.1:0")).Endpoint;
        await node.DisposeAsync().Soon();
        var path = Folder.File("late");
        await node.Control.AddListenerAsync($"unix://{path}").FailsAsync(PnetError.Closed, "stops");
        Assert.False(File.Exists(path));
        await node.Control.ConnectAsync(new ConnectRequest { Transport = endpoint }).FailsAsync(PnetError.Closed, "stops");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transport_is_closed_where_the_channel_can_not_be_opened_that_it_was_brought_for(bool socket)
    {
        await using var control = await StartAsync(socket);
        var (near, _) = MemoryTransport.CreatePair();
        await control.AttachTunnelAsync(AddressPath.Parse("nobody"), near).FailsAsync(PnetError.NotFound, "nobody");
        await Assert.ThrowsAsync<ObjectDisposedException>(() => near.WriteAsync(new byte[1]).Soon());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_ping_out_of_range_is_refused_with_what_would_be_in_it(bool socket)
    {
        await using var control = await StartAsync(socket);
        var ping = new PingRequest { Address = AddressPath.Parse("nobody") };
        await FailsAsync(ping with { Size = 15 }, "16 to 32768 bytes");
        await FailsAsync(ping with { Count = -1 }, "0 for any number");
        await FailsAsync(ping with { Interval = TimeSpan.FromSeconds(-1) }, "0 seconds to 7 days");
        await FailsAsync(ping with { Timeout = TimeSpan.Zero }, "at most 7 days");
        await FailsAsync(ping with { Timeout = TimeSpan.FromDays(100) }, "at most 7 days");

        async Task FailsAsync(PingRequest request, string action)
        {
            var failure = await Waiting.FailsAsync(async () => await control.PingAsync(request).ToListAsync().Soon(), PnetError.Usage);
            Assert.Contains(action, failure.Action, StringComparison.Ordinal);
        }
    }

    private async Task<INodeControl> StartAsync(bool socket)
    {
        var path = Folder.File("pnet.sock");
        var node = await Nodes.StartAsync("alice", o => o with { SocketPath = path });
        return socket ? await ControlClient.ConnectAsync(path).Soon() : node.Control;
    }
}
