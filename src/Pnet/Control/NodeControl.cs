using System.Runtime.CompilerServices;
using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Frames;
using Pnet.Routing;
using Pnet.Services;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>Serves <see cref="INodeControl"/> in the node's own process.</summary>
internal sealed class NodeControl(NodeParts node) : INodeControl
{
    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(15);

    // What a node of a path may take for its ping.
    private static readonly TimeSpan HopTimeout = TimeSpan.FromSeconds(5);

    public Task<NodeInfo> GetNodeAsync(CancellationToken cancellationToken = default) => Task.FromResult(node.Identity with
    {
        Endpoints = [.. node.Listeners.Infos.Select(l => l.Endpoint)],
        Peers = node.Router.Neighbours.Nodes.Count,
        Services = node.Offers.Infos.Count,
        Channels = node.Router.Neighbours.Nodes.Sum(n => n.Channels.Count),
    });

    public Task<IReadOnlyList<PeerInfo>> GetPeersAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<PeerInfo>>([.. node.Router.Neighbours.Nodes.Select(Describe), .. node.Wanted.Pending]);

    public async Task<PeerInfo> ConnectAsync(ConnectRequest request, CancellationToken cancellationToken = default)
    {
        Pin(request);
        var neighbour = await node.Wanted.ConnectAsync(request, cancellationToken).ConfigureAwait(false);
        return neighbour is null
            ? new PeerInfo { Link = 0, Id = request.ExpectedId, State = LinkState.Connecting, Transport = request.Transport, Outbound = true }
            : Describe(neighbour);
    }

    public async Task<IAttachedLink> AttachAsync(ITransport transport, ConnectRequest request, CancellationToken cancellationToken = default)
    {
        Pin(request);
        var options = new AttachOptions { ExpectedId = request.ExpectedId, Pinned = request.ExpectedId is not null, Outbound = true, Timeout = request.Timeout };
        var neighbour = await node.Router.AttachAsync(transport, options, cancellationToken).ConfigureAwait(false);
        return new AttachedLink(neighbour, Describe(neighbour));
    }

    public async Task DisconnectAsync(string peer, CancellationToken cancellationToken = default)
    {
        var byTransport = await node.Wanted.StopAsync(l => l.Transport == peer).ConfigureAwait(false);
        if (byTransport > 0)
            return;
        var (id, found) = FindPeer(peer);
        // A link that is down just now is stopped as well: its node is known.
        await node.Wanted.StopAsync(l => found.Contains(l.Neighbour!) || (id is not null && (l.LastNode?.Id ?? l.Options.ExpectedId) == id)).ConfigureAwait(false);
        await Task.WhenAll(found.Select(n => n.CloseAsync(new Reason(ReasonCode.Closed, "disconnected")))).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task<ListenerInfo> AddListenerAsync(string endpoint, CancellationToken cancellationToken = default) => AdvertisedAsync(node.Listeners.AddAsync(endpoint, cancellationToken));

    public Task<IReadOnlyList<ListenerInfo>> GetListenersAsync(CancellationToken cancellationToken = default) => Task.FromResult(node.Listeners.Infos);

    public async Task RemoveListenerAsync(string endpoint, CancellationToken cancellationToken = default)
    {
        await node.Listeners.RemoveAsync(endpoint).ConfigureAwait(false);
        Advertise();
    }

    public async Task<ServiceInfo> AddServiceAsync(ServiceRequest request, CancellationToken cancellationToken = default) =>
        ServiceOffers.Describe(await node.Offers.AddAsync(request, cancellationToken).ConfigureAwait(false));

    public Task<IAttachedService> AttachServiceAsync(
        ServiceRequest request, Func<NodeId, ITransport, CancellationToken, Task> serve, CancellationToken cancellationToken = default) =>
        OfferAsync(request, (caller, channel, token) =>
        {
            channel.Accept();
            return serve(caller.Id, channel, token);
        });

    public Task<IReadOnlyList<ServiceInfo>> GetServicesAsync(CancellationToken cancellationToken = default) => Task.FromResult(node.Offers.Infos);

    public Task RemoveServiceAsync(string name, CancellationToken cancellationToken = default) => node.Offers.RemoveAsync(name);

    public async Task<ITransport> OpenAsync(AddressPath address, CancellationToken cancellationToken = default) =>
        address.Depth == 0
            ? await node.Manager.OpenAsync(address, cancellationToken).ConfigureAwait(false)
            : await new FarService(node.Router, address).OpenAsync(cancellationToken).ConfigureAwait(false);

    public async Task<TunnelInfo> AddTunnelAsync(TunnelRequest request, CancellationToken cancellationToken = default) =>
        (await node.Tunnels.AddAsync(request, cancellationToken).ConfigureAwait(false)).Info;

    public async Task<IAttachedTunnel> AttachTunnelAsync(AddressPath address, ITransport transport, CancellationToken cancellationToken = default)
    {
        try
        {
            return Join(address, await OpenAsync(address, cancellationToken).ConfigureAwait(false), transport);
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<IAttachedTunnel> AttachTunnelAsync(
        TunnelRequest request, Func<CancellationToken, Task<ITransport>> open, CancellationToken cancellationToken = default) =>
        await node.Tunnels.ReverseAsync(request, open, cancellationToken).ConfigureAwait(false);

    public Task<IReadOnlyList<TunnelInfo>> GetTunnelsAsync(CancellationToken cancellationToken = default) => Task.FromResult(node.Tunnels.Infos);

    public Task RemoveTunnelAsync(int id, CancellationToken cancellationToken = default) => node.Tunnels.RemoveAsync(id);

    public async IAsyncEnumerable<PingReply> PingAsync(PingRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        request.Check();
        var neighbour = await node.Router.Overlay.ReachAsync(request.Address, cancellationToken).ConfigureAwait(false);
        var results = node.Router.Pings.RunAsync(neighbour, request.Count, request.Size, request.Interval, request.Timeout, cancellationToken);
        await foreach (var result in results.ConfigureAwait(false))
        {
            yield return new PingReply
            {
                Address = request.Address.ToString(),
                Id = neighbour.Id,
                Sequence = result.Sequence,
                Size = request.Size,
                RoundTrip = result.RoundTrip,
                Error = Missing(result, request.Timeout),
            };
        }
    }

    public async IAsyncEnumerable<TraceHop> TraceAsync(AddressPath address, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var hop = 1; hop <= address.Hops.Count; hop++)
        {
            var step = await TraceHopAsync(hop, new AddressPath(address.Hops.Take(hop)), cancellationToken).ConfigureAwait(false);
            yield return step;
            if (step.Error is not null)
                yield break;
        }
    }

    public Task<IReadOnlyList<NodeEvent>> GetEventsAsync(EventQuery query, CancellationToken cancellationToken = default) => Task.FromResult(node.Events.Read(query));

    public IAsyncEnumerable<NodeEvent> WatchAsync(EventQuery first, CancellationToken cancellationToken = default) => node.Events.WatchAsync(first, cancellationToken);

    public Task<IReadOnlyList<AccessEntry>> GetAccessAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<AccessEntry>>([.. node.Access.Nodes.Select(AccessEntry.Of)]);

    public Task<AccessEntry> GrantAccessAsync(AccessEntry entry, CancellationToken cancellationToken = default)
    {
        if (entry.Name is { } name)
            NodeName.Validate(name);
        var known = new KnownNode(
            entry.Id ?? throw new PnetException(PnetError.Usage, "no id to trust", "Give the whole id of the node."), entry.Name, AccessSource.TrustFile);
        node.Access.Grant(known);
        node.Events.Publish("access.granted", $"{known.Name ?? known.Id.ToString()} may use services", known.Id);
        return Task.FromResult(AccessEntry.Of(known));
    }

    public Task RevokeAccessAsync(string peer, CancellationToken cancellationToken = default)
    {
        var id = node.Access.Resolve(peer);
        node.Access.Revoke(id);
        node.Events.Publish("access.revoked", $"{peer} may use services no longer", id);
        return Task.CompletedTask;
    }

    public Task<Ticket> IssueTicketAsync(TicketRequest request, CancellationToken cancellationToken = default) => Task.FromResult(node.Tickets.Issue(request));

    public Task<IReadOnlyDictionary<string, long>> GetMetricsAsync(CancellationToken cancellationToken = default)
    {
        var links = node.Router.Neighbours.Nodes;
        return Task.FromResult<IReadOnlyDictionary<string, long>>(new SortedDictionary<string, long>(StringComparer.Ordinal)
        {
            ["links"] = links.Count,
            ["links.bytes.received"] = links.Sum(l => l.Link.BytesReceived),
            ["links.bytes.sent"] = links.Sum(l => l.Link.BytesSent),
            ["channels"] = links.Sum(l => l.Channels.Count),
            ["channels.credit"] = node.Router.Buffered,
            ["channels.relayed"] = node.Router.Relayed,
            ["events.folded"] = node.Events.Folding.Folded,
            ["events.watchers"] = node.Events.Watchers,
            ["limits.reached"] = node.Router.LimitsReached,
            ["managers.clear"] = node.Router.Neighbours.All.Count(n => n.Link.IsClear),
            ["memory.allocated"] = GC.GetTotalAllocatedBytes(),
            ["memory.collections"] = GC.CollectionCount(0),
            ["memory.heap"] = GC.GetTotalMemory(forceFullCollection: false),
            ["memory.live"] = GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes,
            ["memory.workingset"] = Environment.WorkingSet,
            ["messages.received"] = node.Inbox.Total,
            ["messages.refused"] = node.Inbox.Refused,
            ["messages.waiting"] = node.Inbox.Count,
            ["services.held"] = node.Router.Held,
            ["threads"] = ThreadPool.ThreadCount,
        });
    }

    public Task StopAsync(CancellationToken cancellationToken = default) => node.Stop();

    public INodeControl At(AddressPath target) => target.Hops.Count == 0 ? this : new FarControl(this, target, token => ReachControlAsync(target, token));

    public ValueTask DisposeAsync() => default;

    /// <summary>Joins an open channel to a transport, and lists them as a tunnel.</summary>
    internal IAttachedTunnel Join(AddressPath address, ITransport far, ITransport near) => node.Tunnels.Join(address, far, near);

    /// <summary>Offers a service that a function serves; it accepts the channel.</summary>
    internal async Task<IAttachedService> OfferAsync(ServiceRequest request, Func<Neighbour, Channel, CancellationToken, Task> serve) =>
        new AttachedService(node.Offers, await node.Offers.AddAsync(request, serve).ConfigureAwait(false));

    /// <summary>The services that another node may use, as far as it is told.</summary>
    internal Task<IReadOnlyList<ServiceInfo>> GetServicesForAsync(Neighbour caller) => Task.FromResult(node.Offers.InfosFor(caller));

    /// <summary>Asks a router which of its neighbours a name or the start of an id means.</summary>
    internal static async Task<NodeId> ResolveAsync(Neighbour router, NodeReference reference, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(ResolveTimeout);
        IReadOnlyList<PeerInfo> peers;
        try
        {
            peers = await ControlClient.At(router).GetPeersAsync(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PnetException(PnetError.TimedOut, $"{router} did not say within {ResolveTimeout.TotalSeconds:0} s who \"{reference}\" is", "Give the node's whole id.");
        }
        catch (PnetException e) when (e.Error == PnetError.Refused)
        {
            // It leads on all the same: anyone may be routed, and only known nodes may list peers.
            throw new PnetException(e.Error, $"{router} does not tell who \"{reference}\" is: {e.Message}", $"Give the whole id in place of \"{reference}\", or ask the owner of {router} for access: r2 trust ID there.", e);
        }
        return reference.Resolve(peers.Where(p => p.Id is not null), p => (p.Id!.Value, p.Name));
    }

    /// <summary>A peer as a manager sees it.</summary>
    internal PeerInfo Describe(Neighbour neighbour) => new()
    {
        Link = neighbour.Number,
        Id = neighbour.Id,
        Name = neighbour.Name,
        State = LinkState.Up,
        Transport = neighbour.Link.Transport.Description,
        Outbound = neighbour.Origin.Outbound,
        Via = neighbour.Origin.Via,
        Known = node.IsKnown(neighbour),
        RoundTrip = neighbour.Link.RoundTrip,
        ConnectedAt = neighbour.Link.ConnectedAt,
        BytesReceived = neighbour.Link.BytesReceived,
        BytesSent = neighbour.Link.BytesSent,
        Channels = neighbour.Channels.Count,
        Endpoints = neighbour.Link.RemoteHello.Endpoints,
    };

    private static string? Missing(PingResult ping, TimeSpan timeout) => ping.RoundTrip is null ? $"nothing came back within {timeout.TotalSeconds:0.#} s" : null;

    private void Pin(ConnectRequest request)
    {
        if (request.ExpectedId is { } id)
            node.Access.Grant(new KnownNode(id, null, AccessSource.Pinned));
    }

    private async Task<T> AdvertisedAsync<T>(Task<T> change)
    {
        var result = await change.ConfigureAwait(false);
        Advertise();
        return result;
    }

    private void Advertise() => node.Router.Hello = node.Router.Hello with { Endpoints = [.. node.Listeners.Infos.Select(l => l.Endpoint)] };

    private (NodeId? Id, List<Neighbour> Links) FindPeer(string peer)
    {
        var nodes = node.Router.Neighbours.Nodes;
        var reference = NodeReference.TryParse(peer, out var parsed)
            ? parsed
            : throw new PnetException(PnetError.Usage, $"\"{peer}\" is no peer", "Give an id, 4 or more characters of one, a name, a link as #7, or the transport it was connected with.");
        if (reference.Link is { } number)
            return nodes.Where(n => n.Number == number).ToList() is { Count: > 0 } links ? (null, links) : throw new PnetException(PnetError.NotFound, $"no link {peer} is up", "List the links: r2 ls.");
        var candidates = new List<(NodeId, string?)>(node.Wanted.Nodes);
        foreach (var neighbour in nodes)
            candidates.Add((neighbour.Id, neighbour.Name));
        var id = reference.Resolve(candidates);
        return (id, nodes.Where(n => n.Id == id).ToList());
    }

    private async Task<TraceHop> TraceHopAsync(int hop, AddressPath path, CancellationToken cancellationToken)
    {
        var result = new TraceHop { Hop = hop, Address = path.ToString() };
        try
        {
            var neighbour = await node.Router.Overlay.ReachAsync(path, cancellationToken).ConfigureAwait(false);
            result = result with { Id = neighbour.Id, Name = neighbour.Name, Transport = neighbour.Link.Transport.Description };
            var pings = node.Router.Pings.RunAsync(neighbour, 1, PingExchange.MinSize, default, HopTimeout, cancellationToken);
            await foreach (var ping in pings.ConfigureAwait(false))
                result = result with { RoundTrip = ping.RoundTrip, Error = Missing(ping, HopTimeout) };
            return result;
        }
        catch (PnetException e)
        {
            return result with { Error = e.Message };
        }
    }

    private async Task<IFarView> ReachControlAsync(AddressPath target, CancellationToken cancellationToken) =>
        new FarView(ControlClient.At(await node.Router.Overlay.ReachAsync(target, cancellationToken).ConfigureAwait(false)));
}
