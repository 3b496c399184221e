using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Frames;
using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>Asks a node over a link: a manager over the local socket, or a node another one.</summary>
public sealed class ControlClient : INodeControl
{
    private readonly Func<FrameAddress, CancellationToken, Task<Channel>> _open;
    private readonly IAsyncDisposable? _owned;
    private readonly ServingStreams _serving = new();

    private ControlClient(Func<FrameAddress, CancellationToken, Task<Channel>> open, IAsyncDisposable? owned)
    {
        _open = open;
        _owned = owned;
    }

    /// <summary>Connects to the node that listens at a socket.</summary>
    /// <param name="socketPath">The socket's path; see <see cref="ControlSocket.DefaultPath"/>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="PnetException">No node answers there, or it is another user's.</exception>
    public static async Task<ControlClient> ConnectAsync(string socketPath, CancellationToken cancellationToken = default)
    {
        var link = await ManagerLink.ConnectAsync(socketPath, cancellationToken).ConfigureAwait(false);
        return new ControlClient(link.OpenAsync, link);
    }

    /// <inheritdoc/>
    public Task<NodeInfo> GetNodeAsync(CancellationToken cancellationToken = default) => AskAsync("node", ControlJson.Default.NodeInfo, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PeerInfo>> GetPeersAsync(CancellationToken cancellationToken = default) => AskAsync("peers", ControlJson.Default.IReadOnlyListPeerInfo, cancellationToken);

    /// <inheritdoc/>
    public Task<PeerInfo> ConnectAsync(ConnectRequest request, CancellationToken cancellationToken = default) =>
        AskAsync("connect", request, ControlJson.Default.ConnectRequest, ControlJson.Default.PeerInfo, cancellationToken);

    /// <inheritdoc/>
    public async Task<IAttachedLink> AttachAsync(ITransport transport, ConnectRequest request, CancellationToken cancellationToken = default)
    {
        var (call, stream, peer) = await StartAttachedAsync("attach", request, ControlJson.Default.ConnectRequest, ControlJson.Default.PeerInfo, transport, cancellationToken).ConfigureAwait(false);
        return new LentLink(peer, new LentTransport(call, stream, transport));
    }

    /// <inheritdoc/>
    public Task DisconnectAsync(string peer, CancellationToken cancellationToken = default) => DoAsync("disconnect", peer, cancellationToken);

    /// <inheritdoc/>
    public Task<ListenerInfo> AddListenerAsync(string endpoint, CancellationToken cancellationToken = default) =>
        AskAsync("listen", endpoint, ControlJson.Default.String, ControlJson.Default.ListenerInfo, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ListenerInfo>> GetListenersAsync(CancellationToken cancellationToken = default) => AskAsync("listeners", ControlJson.Default.IReadOnlyListListenerInfo, cancellationToken);

    /// <inheritdoc/>
    public Task RemoveListenerAsync(string endpoint, CancellationToken cancellationToken = default) => DoAsync("unlisten", endpoint, cancellationToken);

    /// <inheritdoc/>
    public Task<ServiceInfo> AddServiceAsync(ServiceRequest request, CancellationToken cancellationToken = default) =>
        AskAsync("serve", request, ControlJson.Default.ServiceRequest, ControlJson.Default.ServiceInfo, cancellationToken);

    /// <inheritdoc/>
    public async Task<IAttachedService> AttachServiceAsync(
        ServiceRequest request, Func<NodeId, ITransport, CancellationToken, Task> serve, CancellationToken cancellationToken = default)
    {
        var (call, service) = await StartLentAsync("attach-service", request, ControlJson.Default.ServiceRequest, ControlJson.Default.ServiceInfo, cancellationToken).ConfigureAwait(false);
        return new LentService(service, new LentRequest(call, _open, (caller, stream, token) => serve(caller ?? throw Violation.Of("control: a channel of nobody"), stream, token), _serving));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ServiceInfo>> GetServicesAsync(CancellationToken cancellationToken = default) => AskAsync("services", ControlJson.Default.IReadOnlyListServiceInfo, cancellationToken);

    /// <inheritdoc/>
    public Task RemoveServiceAsync(string name, CancellationToken cancellationToken = default) => DoAsync("unserve", name, cancellationToken);

    /// <inheritdoc/>
    public async Task<ITransport> OpenAsync(AddressPath address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        // A service of the node itself: a manager's link leads there already.
        if (address.Depth == 0)
            return await _open(FrameAddress.OfService(address.Service ?? ServiceRequest.DefaultName), cancellationToken).ConfigureAwait(false);
        var call = await CallAsync("open", null, address, ControlJson.Default.AddressPath, cancellationToken).ConfigureAwait(false);
        try
        {
            return await call.StreamAsync(_open, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // Nobody waits any more for what the node would still open.
            await call.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<TunnelInfo> AddTunnelAsync(TunnelRequest request, CancellationToken cancellationToken = default) =>
        AskAsync("tunnel", request, ControlJson.Default.TunnelRequest, ControlJson.Default.TunnelInfo, cancellationToken);

    /// <inheritdoc/>
    public async Task<IAttachedTunnel> AttachTunnelAsync(AddressPath address, ITransport transport, CancellationToken cancellationToken = default)
    {
        var request = new TunnelRequest(address, transport.Description);
        var (call, stream, tunnel) = await StartAttachedAsync("attach-tunnel", request, ControlJson.Default.TunnelRequest, ControlJson.Default.TunnelInfo, transport, cancellationToken).ConfigureAwait(false);
        return new LentTunnel(tunnel, new LentTransport(call, stream, transport));
    }

    /// <inheritdoc/>
    public async Task<IAttachedTunnel> AttachTunnelAsync(TunnelRequest request, Func<CancellationToken, Task<ITransport>> open, CancellationToken cancellationToken = default)
    {
        var (call, tunnel) = await StartLentAsync("attach-tunnel", request, ControlJson.Default.TunnelRequest, ControlJson.Default.TunnelInfo, cancellationToken).ConfigureAwait(false);
        return new LentReverse(tunnel, new LentRequest(call, _open, (_, stream, token) => ServeAsync(stream, open, token), _serving));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<TunnelInfo>> GetTunnelsAsync(CancellationToken cancellationToken = default) => AskAsync("tunnels", ControlJson.Default.IReadOnlyListTunnelInfo, cancellationToken);

    /// <inheritdoc/>
    public Task RemoveTunnelAsync(int id, CancellationToken cancellationToken = default) => DoAsync("untunnel", id.ToString(System.Globalization.CultureInfo.InvariantCulture), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<PingReply> PingAsync(PingRequest request, CancellationToken cancellationToken = default) =>
        ItemsAsync("ping", request, ControlJson.Default.PingRequest, ControlJson.Default.PingReply, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<TraceHop> TraceAsync(AddressPath address, CancellationToken cancellationToken = default) =>
        ItemsAsync("trace", address, ControlJson.Default.AddressPath, ControlJson.Default.TraceHop, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NodeEvent>> GetEventsAsync(EventQuery query, CancellationToken cancellationToken = default)
    {
        // One by one: together they may be longer than a line can be.
        var events = new List<NodeEvent>();
        await foreach (var happened in ItemsAsync("events", query, ControlJson.Default.EventQuery, ControlJson.Default.NodeEvent, cancellationToken).ConfigureAwait(false))
            events.Add(happened);
        return events;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<NodeEvent> WatchAsync(EventQuery first, CancellationToken cancellationToken = default) =>
        ItemsAsync("watch", first, ControlJson.Default.EventQuery, ControlJson.Default.NodeEvent, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AccessEntry>> GetAccessAsync(CancellationToken cancellationToken = default) => AskAsync("access", ControlJson.Default.IReadOnlyListAccessEntry, cancellationToken);

    /// <inheritdoc/>
    public Task<AccessEntry> GrantAccessAsync(AccessEntry entry, CancellationToken cancellationToken = default) =>
        AskAsync("grant", entry, ControlJson.Default.AccessEntry, ControlJson.Default.AccessEntry, cancellationToken);

    /// <inheritdoc/>
    public Task RevokeAccessAsync(string node, CancellationToken cancellationToken = default) => DoAsync("revoke", node, cancellationToken);

    /// <inheritdoc/>
    public Task<Ticket> IssueTicketAsync(TicketRequest request, CancellationToken cancellationToken = default) =>
        AskAsync("ticket", request, ControlJson.Default.TicketRequest, ControlJson.Default.Ticket, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, long>> GetMetricsAsync(CancellationToken cancellationToken = default) => AskAsync("metrics", ControlJson.Default.IReadOnlyDictionaryStringInt64, cancellationToken);

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await DoAsync("stop", "", cancellationToken).ConfigureAwait(false);
        }
        catch (PnetException e) when (e.Error == PnetError.Closed)
        {
            // It stopped before its answer had left.
        }
    }

    /// <inheritdoc/>
    public INodeControl At(AddressPath target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return target.Hops.Count == 0 ? this : new FarControl(this, target, _ => Task.FromResult<IFarView>(new TargetedView(this, target)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_owned is not null)
            await _owned.DisposeAsync().ConfigureAwait(false);
        await _serving.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Asks a neighbour, as far as it lets this node.</summary>
    internal static ControlClient At(Neighbour neighbour) => new(neighbour.OpenAsync, null);

    private Task<TResult> AskAsync<TResult>(string method, JsonTypeInfo<TResult> result, CancellationToken cancellationToken, string? target = null) =>
        AskAsync(method, true, ControlJson.Default.Boolean, result, cancellationToken, target);

    private async Task<TResult> AskAsync<TParameters, TResult>(
        string method, TParameters parameters, JsonTypeInfo<TParameters> type, JsonTypeInfo<TResult> result, CancellationToken cancellationToken, string? target = null)
    {
        var call = await CallAsync(method, target, parameters, type, cancellationToken).ConfigureAwait(false);
        await using (call.ConfigureAwait(false))
            return await call.ResultAsync(result, cancellationToken).ConfigureAwait(false);
    }

    private async Task DoAsync(string method, string parameter, CancellationToken cancellationToken)
    {
        var call = await CallAsync(method, null, parameter, ControlJson.Default.String, cancellationToken).ConfigureAwait(false);
        await using (call.ConfigureAwait(false))
            await call.DoneAsync(cancellationToken).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<TItem> ItemsAsync<TParameters, TItem>(
        string method, TParameters parameters, JsonTypeInfo<TParameters> type, JsonTypeInfo<TItem> item, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var call = await CallAsync(method, null, parameters, type, cancellationToken).ConfigureAwait(false);
        await using (call.ConfigureAwait(false))
        {
            while (await call.NextAsync(cancellationToken).ConfigureAwait(false) is { Done: null } reply)
                yield return ControlCall.Value(reply.Item, item);
        }
    }

    private async Task<(ControlCall Call, Channel Stream, TItem First)> StartAttachedAsync<TParameters, TItem>(
        string method, TParameters parameters, JsonTypeInfo<TParameters> type, JsonTypeInfo<TItem> first, ITransport transport, CancellationToken cancellationToken)
    {
        ControlCall? call = null;
        Channel? stream = null;
        try
        {
            call = await CallAsync(method, null, parameters, type, cancellationToken).ConfigureAwait(false);
            stream = await call.StreamAsync(_open, cancellationToken).ConfigureAwait(false);
            call.Join(stream, transport);
            var reply = await call.NextAsync(cancellationToken).ConfigureAwait(false);
            return (call, stream, ControlCall.Value(reply.Item, first));
        }
        catch
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
            if (call is not null)
                await call.DisposeAsync().ConfigureAwait(false);
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // What the node lends from this process is named by the first item; then it asks for streams.
    private async Task<(ControlCall Call, TItem First)> StartLentAsync<TParameters, TItem>(
        string method, TParameters parameters, JsonTypeInfo<TParameters> type, JsonTypeInfo<TItem> first, CancellationToken cancellationToken)
    {
        var call = await CallAsync(method, null, parameters, type, cancellationToken).ConfigureAwait(false);
        try
        {
            var reply = await call.NextAsync(cancellationToken).ConfigureAwait(false);
            return (call, ControlCall.Value(reply.Item, first));
        }
        catch
        {
            await call.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task ServeAsync(Channel stream, Func<CancellationToken, Task<ITransport>> open, CancellationToken cancellationToken)
    {
        var near = await open(cancellationToken).ConfigureAwait(false);
        await using (near.ConfigureAwait(false))
            await Splice.RunAsync(stream, near, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ControlCall> CallAsync<T>(string method, string? target, T parameters, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var channel = await _open(FrameAddress.OfService(ControlServer.ServiceName), cancellationToken).ConfigureAwait(false);
        var call = new ControlCall(channel);
        try
        {
            await call.SendAsync(new ControlRequest(method, target, JsonSerializer.SerializeToElement(parameters, type)), cancellationToken).ConfigureAwait(false);
            return call;
        }
        catch
        {
            await call.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What a far node shows, asked for by the node this client is a manager of.</summary>
    private sealed class TargetedView(ControlClient client, AddressPath target) : IFarView
    {
        public Task<NodeInfo> GetNodeAsync(CancellationToken cancellationToken) => client.AskAsync("node", ControlJson.Default.NodeInfo, cancellationToken, target.ToString());

        public Task<IReadOnlyList<PeerInfo>> GetPeersAsync(CancellationToken cancellationToken) => client.AskAsync("peers", ControlJson.Default.IReadOnlyListPeerInfo, cancellationToken, target.ToString());

        public Task<IReadOnlyList<ServiceInfo>> GetServicesAsync(CancellationToken cancellationToken) => client.AskAsync("services", ControlJson.Default.IReadOnlyListServiceInfo, cancellationToken, target.ToString());
    }
}
