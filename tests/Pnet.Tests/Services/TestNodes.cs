using Pnet.Addressing;
using Pnet.Control;
using Pnet.Crypto;
using Pnet.Links;
using Pnet.Routing;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Services;

/// <summary>Whole nodes, linked in memory, and plain routers that stand for other people's nodes.</summary>
internal sealed class TestNodes : IAsyncDisposable
{
    private readonly List<Node> _nodes = [];
    private readonly List<Router> _strangers = [];

    public async Task<Node> StartAsync(string name, Func<NodeOptions, NodeOptions>? configure = null)
    {
        var options = new NodeOptions { Key = NodeKey.Generate(), Name = name };
        var node = await Node.StartAsync(configure?.Invoke(options) ?? options).Soon();
        _nodes.Add(node);
        return node;
    }

    /// <summary>Starts a node that listens at some TCP port.</summary>
    public Task<Node> StartListeningAsync(string name, Func<NodeOptions, NodeOptions>? configure = null) =>
        StartAsync(name, o => (configure ?? (same => same))(o with { Listen = ["tcp://127.0.0.1:0"] }));

    /// <summary>Has a node connect to another one at the first of its endpoints.</summary>
    /// <param name="from">It asks for the link.</param>
    /// <param name="to">It listens.</param>
    /// <param name="pinned">Whether the first names the second's id, and so makes it a known one.</param>
    public static async Task<PeerInfo> ConnectAsync(Node from, Node to, bool pinned) => await from.Control.ConnectAsync(new ConnectRequest
    {
        Transport = (await to.Control.GetListenersAsync())[0].Endpoint,
        ExpectedId = pinned ? to.Id : null,
        Reconnect = pinned,
    }).Soon();

    /// <summary>Links two nodes.</summary>
    /// <param name="from">It asks for the link.</param>
    /// <param name="to">It is asked.</param>
    /// <param name="pinned">Whether the first names the second's id.</param>
    public static async Task<(IAttachedLink From, IAttachedLink To)> LinkAsync(Node from, Node to, bool pinned = false)
    {
        var (near, far) = MemoryTransport.CreatePair();
        var there = to.Control.AttachAsync(far, new ConnectRequest { Transport = "memory" });
        var here = await from.Control.AttachAsync(near, new ConnectRequest { Transport = "memory", ExpectedId = pinned ? to.Id : null }).Soon();
        return (here, await there.Soon());
    }

    /// <summary>Links a node to somebody whose node isn't looked at, and who is asked for nothing.</summary>
    /// <returns>The node as the other one sees it, and the other one's id.</returns>
    public async Task<(Neighbour Node, NodeId Stranger)> AddStrangerAsync(Node node, bool known = false)
    {
        var router = new Router(new RouterOptions { Link = new LinkOptions { Key = NodeKey.Generate() } }, static (_, _) => { });
        _strangers.Add(router);
        if (known)
            await node.Control.GrantAccessAsync(new AccessEntry { Id = router.Self });
        var (near, far) = MemoryTransport.CreatePair();
        var there = node.Control.AttachAsync(far, new ConnectRequest { Transport = "memory" });
        var neighbour = await router.AttachAsync(near, new AttachOptions()).Soon();
        await there.Soon();
        return (neighbour, router.Self);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(n => n.DisposeAsync().AsTask()));
        await Task.WhenAll(_strangers.Select(r => r.DisposeAsync().AsTask()));
    }
}
