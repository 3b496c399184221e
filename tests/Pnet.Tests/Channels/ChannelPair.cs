using Pnet.Channels;
using Pnet.Crypto;
using Pnet.Frames;
using Pnet.Links;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Channels;

/// <summary>Two ends of a link with their channels.</summary>
internal sealed class ChannelPair : IAsyncDisposable
{
    private readonly List<NodeKey> _keys = [];

    private ChannelPair()
    {
    }

    public End A { get; private set; } = null!;

    public End B { get; private set; } = null!;

    public static async Task<ChannelPair> ConnectAsync(ChannelOptions? a = null, ChannelOptions? b = null, long total = long.MaxValue, int capacity = MemoryTransport.DefaultCapacity)
    {
        var (near, far) = MemoryTransport.CreatePair(capacity);
        return await ConnectAsync(near, far, a, b, total);
    }

    public static async Task<ChannelPair> ConnectAsync(ITransport near, ITransport far, ChannelOptions? a = null, ChannelOptions? b = null, long total = long.MaxValue)
    {
        var pair = new ChannelPair();
        var ends = await Task.WhenAll(pair.StartAsync(near, a ?? new(), total), pair.StartAsync(far, b ?? new(), total)).Soon();
        (pair.A, pair.B) = (ends[0], ends[1]);
        return pair;
    }

    /// <summary>Opens a channel at one end and accepts it at the other.</summary>
    public async Task<(Channel Near, Channel Far)> OpenAsync(bool fromA = true)
    {
        var (from, to) = fromA ? (A, B) : (B, A);
        var near = from.Set.Open(FrameAddress.OfService("x"));
        var far = await to.NextAsync();
        Assert.Equal(near.Number, far.Number);
        far.Accept();
        await near.WaitAcceptedAsync().Soon();
        return (near, far);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(A.Link.DisposeAsync().AsTask(), B.Link.DisposeAsync().AsTask());
        foreach (var key in _keys)
            key.Dispose();
    }

    private async Task<End> StartAsync(ITransport transport, ChannelOptions options, long total)
    {
        var key = NodeKey.Generate();
        _keys.Add(key);
        var end = new End(await Link.OpenAsync(transport, new LinkOptions { Key = key }), options, total);
        await end.Link.RunAsync(end.Set, default);
        return end;
    }

    /// <summary>One end.</summary>
    internal sealed class End
    {
        private readonly System.Threading.Channels.Channel<Channel> _opened = System.Threading.Channels.Channel.CreateUnbounded<Channel>();

        public End(Link link, ChannelOptions options, long total)
        {
            Link = link;
            Total = new BufferBudget(total);
            Set = new ChannelSet(link, options, Total, channel => _opened.Writer.TryWrite(channel));
        }

        public Link Link { get; }

        public ChannelSet Set { get; }

        public BufferBudget Total { get; }

        /// <summary>The next channel that the other end opens; not yet accepted.</summary>
        public Task<Channel> NextAsync() => _opened.Reader.ReadAsync().Soon();
    }
}
