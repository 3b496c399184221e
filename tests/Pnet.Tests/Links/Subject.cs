using System.Collections.Concurrent;
using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Crypto;
using Pnet.Frames;
using Pnet.Links;
using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Tests.Links;

/// <summary>
/// A router that is mistreated, with one good neighbour that must notice nothing. It offers the services <c>echo</c>,
/// <c>discard</c>, which reads, and <c>hold</c>, which accepts and then reads nothing.
/// </summary>
internal sealed class Subject : IAsyncDisposable
{
    private readonly NodeKey _key;
    private readonly List<Router> _others = [];
    private readonly ConcurrentQueue<Channel> _held = new();

    private Subject(NodeKey key, RouterOptions options)
    {
        _key = key;
        Router = new Router(options, Serve) { Hello = new Hello("subject", Capabilities.Relay, []) };
    }

    public Router Router { get; }

    public NodeId Id => _key.Id;

    /// <summary>The good neighbour, as the subject sees it.</summary>
    public Neighbour Good { get; private set; } = null!;

    /// <summary>The subject as the good neighbour sees it.</summary>
    public Neighbour OtherEndOfGood => _others[0].Neighbours.Find(Id)!;

    /// <summary>Channels to <c>hold</c>.</summary>
    public IReadOnlyCollection<Channel> Held => _held;

    public static async Task<Subject> StartAsync(Func<RouterOptions, RouterOptions>? configure = null, Func<LinkOptions, LinkOptions>? configureLinks = null)
    {
        var key = NodeKey.Generate();
        var link = new LinkOptions { Key = key };
        var options = new RouterOptions { Link = configureLinks?.Invoke(link) ?? link };
        var subject = new Subject(key, configure?.Invoke(options) ?? options);
        subject.Good = await subject.AddNeighbourAsync(subject.CreateRouter(options.Link.NetworkKey));
        return subject;
    }

    /// <summary>A router that is closed together with this one.</summary>
    public Router CreateRouter(NetworkKey? networkKey = null, Func<RouterOptions, RouterOptions>? configure = null)
    {
        var options = new RouterOptions { Link = new LinkOptions { Key = NodeKey.Generate(), NetworkKey = networkKey } };
        var router = new Router(configure?.Invoke(options) ?? options, Serve);
        _others.Add(router);
        return router;
    }

    /// <summary>Links another router.</summary>
    public Task<Neighbour> AddNeighbourAsync(Router other) => LinkAsync(Router, other);

    /// <summary>Links two routers.</summary>
    /// <returns>The second as the first sees it.</returns>
    public static async Task<Neighbour> LinkAsync(Router from, Router to)
    {
        var (near, far) = MemoryTransport.CreatePair();
        var there = to.AttachAsync(far, new AttachOptions());
        var neighbour = await from.AttachAsync(near, new AttachOptions { Outbound = true }).Soon();
        await there.Soon();
        return neighbour;
    }

    /// <summary>Begins a link over one end of a pair; the other is for the test to speak at.</summary>
    public (MemoryTransport Far, Task<Neighbour> Attaching) Attach(AttachOptions? options = null)
    {
        var (near, far) = MemoryTransport.CreatePair();
        return (far, Router.AttachAsync(near, options ?? new AttachOptions()));
    }

    /// <summary>Links a peer that is driven by hand.</summary>
    public async Task<(RawPeer Peer, Neighbour Neighbour)> AddRawAsync(
        bool initiator = true, int capacity = MemoryTransport.DefaultCapacity, NetworkKey? networkKey = null, bool manager = false)
    {
        var (near, far) = MemoryTransport.CreatePair(capacity);
        var attaching = Router.AttachAsync(near, new AttachOptions { Manager = manager });
        var peer = await RawPeer.ConnectAsync(far, initiator, networkKey);
        await peer.SendAsync(Operation.KeepAlive, 0, RawPeer.KeepAlive());
        return (peer, await attaching.Soon());
    }

    /// <summary>Demands that nothing is left of any link but the good one, which works.</summary>
    public async Task CarriesOnAsync()
    {
        await Waiting.UntilAsync(() => Router.Neighbours.Count == 1, "only the good link is left");
        Assert.Same(Good, Assert.Single(Router.Neighbours.All));
        var ping = Assert.Single(await Router.Pings.RunAsync(Good, 1, 56, default, TimeSpan.FromSeconds(20), default).ToListAsync());
        Assert.NotNull(ping.RoundTrip);
        var echo = await Good.OpenAsync(FrameAddress.OfService("echo"), default).Soon();
        await echo.WriteAsync("still here"u8.ToArray()).Soon();
        Assert.Equal("still here"u8.ToArray(), await Transports.Bytes.ReadExactlyAsync(echo, 10));
        echo.Reset(new Reason(ReasonCode.Closed, "done"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _held)
            channel.Reset(new Reason(ReasonCode.Closed, "the test is over"));
        await Router.DisposeAsync();
        foreach (var other in _others)
            await other.DisposeAsync();
        _key.Dispose();
    }

    private void Serve(Neighbour caller, Channel channel)
    {
        switch (channel.Address.Service)
        {
            case "echo":
                channel.Accept();
                _ = EchoAsync(channel);
                break;
            case "discard":
                channel.Accept();
                _ = DiscardAsync(channel);
                break;
            case "hold":
                channel.Accept();
                _held.Enqueue(channel);
                break;
            default:
                channel.Reset(new Reason(ReasonCode.NotFound, $"no service \"{channel.Address.Service}\" is offered"));
                break;
        }
    }

    // A byte back for every 32 KiB, to those who wait for it.
    private static async Task DiscardAsync(Channel channel)
    {
        var buffer = new byte[16 * 1024];
        long discarded = 0;
        try
        {
            for (int read; (read = await channel.ReadAsync(buffer)) > 0;)
            {
                discarded += read;
                if (discarded % (32 * 1024) == 0)
                    await channel.WriteAsync(buffer.AsMemory(0, 1));
            }
        }
        catch (IOException)
        {
            // The other end was cut off: the tests look at that end.
        }
    }

    private static async Task EchoAsync(Channel channel)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            for (int read; (read = await channel.ReadAsync(buffer)) > 0;)
                await channel.WriteAsync(buffer.AsMemory(0, read));
            await channel.EndAsync();
        }
        catch (IOException)
        {
            // The other end was cut off: the tests look at that end.
        }
    }
}
