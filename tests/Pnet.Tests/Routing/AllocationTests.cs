using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Frames;
using Pnet.Routing;
using Pnet.Tests.Links;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Routing;

[Collection(MeasuredAlone.Name)]
public sealed class AllocationTests
{
    private const int Size = 1024;

    // No more are on their way at a time than pools have room for, on a machine with one processor that has much else to do as well.
    private const int AtOnce = 32;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Nothing_is_allocated_for_a_frame_on_its_way_through_a_router(bool sockets, bool echo)
    {
        await using var a = await Subject.StartAsync();
        var (b, c) = (a.CreateRouter(), a.CreateRouter());
        var registry = TransportRegistry.CreateDefault();
        await LinkAsync(registry, sockets, a.Router, b);
        await LinkAsync(registry, sockets, b, c);
        var far = await a.Router.Overlay.ReachAsync(AddressPath.Parse($"{b.Self}/{c.Self}"), default).Soon();
        await using var channel = await far.OpenAsync(FrameAddress.OfService(echo ? "echo" : "discard"), default).Soon();
        // An echo waits for its way there and back: fewer are enough.
        var frames = echo ? 4_000 : 20_000;
        // Warm: pools are filled, windows have grown, methods are compiled.
        for (var round = 0; round < 3; round++)
            await RunAsync(channel, frames, echo);
        // Pools are shared by the whole process and now and then take an array for a thread that had none: the best round
        // of several counts.
        var least = long.MaxValue;
        for (var round = 0; round < 10 && least >= frames; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await RunAsync(channel, frames, echo);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        Assert.True(least < frames, $"{least / (double)frames:0.00} bytes a frame");
    }

    private static async Task RunAsync(Channel channel, int frames, bool echo)
    {
        var block = new byte[Size];
        for (var i = 0; i < frames; i++)
        {
            await channel.WriteAsync(block);
            // The sink confirms that so many have come.
            for (var left = echo ? Size : i % AtOnce == AtOnce - 1 ? 1 : 0; left > 0;)
                left -= await channel.ReadAsync(block.AsMemory(0, left));
        }
    }

    private static async Task LinkAsync(TransportRegistry registry, bool sockets, Router from, Router to)
    {
        if (!sockets)
        {
            await Subject.LinkAsync(from, to);
            return;
        }
        await using var listener = await registry.ListenAsync("tcp://127.0.0.1:0", default);
        var accepting = listener.AcceptAsync();
        var dialled = await registry.DialAsync(TransportAddress.Parse(listener.Endpoint), default);
        await Task.WhenAll(from.AttachAsync(dialled, new AttachOptions { Outbound = true }), to.AttachAsync(await accepting, new AttachOptions())).Soon();
    }
}
