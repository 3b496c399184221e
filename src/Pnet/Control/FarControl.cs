using Pnet.Addressing;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>
/// A far node, seen from a node of this user: what it shows is asked of it, and what goes to it or through it is done by the
/// near node with its own identity. It is never changed.
/// </summary>
internal sealed class FarControl(INodeControl near, AddressPath target, Func<CancellationToken, Task<IFarView>> view) : INodeControl
{
    public async Task<NodeInfo> GetNodeAsync(CancellationToken cancellationToken = default) =>
        await (await view(cancellationToken).ConfigureAwait(false)).GetNodeAsync(cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<PeerInfo>> GetPeersAsync(CancellationToken cancellationToken = default) =>
        await (await view(cancellationToken).ConfigureAwait(false)).GetPeersAsync(cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<ServiceInfo>> GetServicesAsync(CancellationToken cancellationToken = default) =>
        await (await view(cancellationToken).ConfigureAwait(false)).GetServicesAsync(cancellationToken).ConfigureAwait(false);

    public Task<ITransport> OpenAsync(AddressPath address, CancellationToken cancellationToken = default) => near.OpenAsync(target.Append(address), cancellationToken);

    public Task<TunnelInfo> AddTunnelAsync(TunnelRequest request, CancellationToken cancellationToken = default) =>
        near.AddTunnelAsync(request with { Address = target.Append(request.Address) }, cancellationToken);

    public Task<IAttachedTunnel> AttachTunnelAsync(AddressPath address, ITransport transport, CancellationToken cancellationToken = default) =>
        near.AttachTunnelAsync(target.Append(address), transport, cancellationToken);

    public Task<IAttachedTunnel> AttachTunnelAsync(TunnelRequest request, Func<CancellationToken, Task<ITransport>> open, CancellationToken cancellationToken = default) =>
        near.AttachTunnelAsync(request with { Address = target.Append(request.Address) }, open, cancellationToken);

    public IAsyncEnumerable<PingReply> PingAsync(PingRequest request, CancellationToken cancellationToken = default) =>
        near.PingAsync(request with { Address = target.Append(request.Address) }, cancellationToken);

    public IAsyncEnumerable<TraceHop> TraceAsync(AddressPath address, CancellationToken cancellationToken = default) =>
        near.TraceAsync(target.Append(address), cancellationToken);

    public INodeControl At(AddressPath further) => near.At(target.Append(further));

    public Task<PeerInfo> ConnectAsync(ConnectRequest request, CancellationToken cancellationToken = default) => throw Refused("connect");

    public Task<IAttachedLink> AttachAsync(ITransport transport, ConnectRequest request, CancellationToken cancellationToken = default) => throw Refused("connect");

    public Task DisconnectAsync(string peer, CancellationToken cancellationToken = default) => throw Refused("disconnect");

    public Task<ListenerInfo> AddListenerAsync(string endpoint, CancellationToken cancellationToken = default) => throw Refused("listen");

    public Task<IReadOnlyList<ListenerInfo>> GetListenersAsync(CancellationToken cancellationToken = default) => throw Refused("list listeners");

    public Task RemoveListenerAsync(string endpoint, CancellationToken cancellationToken = default) => throw Refused("stop listening");

    public Task<ServiceInfo> AddServiceAsync(ServiceRequest request, CancellationToken cancellationToken = default) => throw Refused("serve");

    public Task<IAttachedService> AttachServiceAsync(
        ServiceRequest request, Func<NodeId, ITransport, CancellationToken, Task> serve, CancellationToken cancellationToken = default) => throw Refused("serve");

    public Task RemoveServiceAsync(string name, CancellationToken cancellationToken = default) => throw Refused("stop serving");

    public Task<IReadOnlyList<TunnelInfo>> GetTunnelsAsync(CancellationToken cancellationToken = default) => throw Refused("list tunnels");

    public Task RemoveTunnelAsync(int id, CancellationToken cancellationToken = default) => throw Refused("end a tunnel");

    public Task<IReadOnlyList<NodeEvent>> GetEventsAsync(EventQuery query, CancellationToken cancellationToken = default) => throw Refused("list events");

    public IAsyncEnumerable<NodeEvent> WatchAsync(EventQuery first, CancellationToken cancellationToken = default) => throw Refused("watch events");

    public Task<IReadOnlyList<AccessEntry>> GetAccessAsync(CancellationToken cancellationToken = default) => throw Refused("list who is trusted");

    public Task<AccessEntry> GrantAccessAsync(AccessEntry entry, CancellationToken cancellationToken = default) => throw Refused("trust");

    public Task RevokeAccessAsync(string node, CancellationToken cancellationToken = default) => throw Refused("stop trusting");

    public Task<Ticket> IssueTicketAsync(TicketRequest request, CancellationToken cancellationToken = default) => throw Refused("give out tickets");

    public Task<IReadOnlyDictionary<string, long>> GetMetricsAsync(CancellationToken cancellationToken = default) => throw Refused("read metrics");

    public Task StopAsync(CancellationToken cancellationToken = default) => throw Refused("stop the node");

    // The near node is its owner's to close.
    public ValueTask DisposeAsync() => default;

    internal PnetException Refused(string what) =>
        new(PnetError.Refused, $"{target} is a far node: only its own managers may {what}", "Run the command at that node, without a target.");
}
