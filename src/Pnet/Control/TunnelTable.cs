using System.Collections.Concurrent;
using Pnet.Addressing;
using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>The tunnels that were opened through a node, and the last of those that ended.</summary>
internal sealed class TunnelTable(Router router, TransportRegistry registry, EventLog events) : IAsyncDisposable
{
    private const int EndedKept = 64;

    private readonly ConcurrentDictionary<int, Tunnel> _open = new();
    private readonly ConcurrentQueue<Tunnel> _ended = new();
    private int _last;
    private volatile bool _disposed;

    public IReadOnlyList<TunnelInfo> Infos => [.. _ended.Concat(_open.Values).Select(t => t.Info).DistinctBy(t => t.Id).OrderBy(t => t.Id)];

    /// <summary>Opens a tunnel whose near end the node runs itself.</summary>
    public Task<Tunnel> AddAsync(TunnelRequest request, CancellationToken cancellationToken)
    {
        var far = new FarService(router, request.Address);
        return request.Kind switch
        {
            TunnelKind.Listening => ListenAsync(far, request.Transport, cancellationToken),
            TunnelKind.Reverse => ReverseAsync(request, TransportAddress.Parse(request.Transport), cancellationToken),
            _ => JoinAsync(far, TransportAddress.Parse(request.Transport), cancellationToken),
        };
    }

    /// <summary>Opens a reverse tunnel, whose near end is opened by somebody else.</summary>
    public async Task<Tunnel> ReverseAsync(TunnelRequest request, Func<CancellationToken, Task<ITransport>> open, CancellationToken cancellationToken)
    {
        var far = new FarService(router, request.Address);
        var first = await far.OpenListeningAsync(cancellationToken).ConfigureAwait(false);
        return await StandAsync(new ReverseTunnel(Interlocked.Increment(ref _last), far, first, request.Transport, open, events, Ended)).ConfigureAwait(false);
    }

    /// <summary>Joins two transports, which the tunnel owns, and lists it.</summary>
    public Tunnel Join(AddressPath address, ITransport far, ITransport near)
    {
        var tunnel = new JoinedTunnel(Interlocked.Increment(ref _last), address, far, near);
        _open[tunnel.Id] = tunnel;
        events.Publish("tunnel.open", $"tunnel {tunnel.Id} to {address}");
        tunnel.Start(Ended);
        return tunnel;
    }

    public async Task RemoveAsync(int id)
    {
        if (!_open.TryGetValue(id, out var tunnel))
            throw new PnetException(PnetError.NotFound, $"no tunnel {id} is open", "List them: r2 tunnels.");
        await tunnel.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await Task.WhenAll(_open.Values.Select(t => t.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    private async Task<Tunnel> JoinAsync(FarService service, TransportAddress transport, CancellationToken cancellationToken)
    {
        var far = await service.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Join(service.Address, far, await registry.DialAsync(transport, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            await far.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<Tunnel> ListenAsync(FarService far, string endpoint, CancellationToken cancellationToken)
    {
        // Whoever mistypes a node is told now, and not by the first connection that fails.
        await far.ReachAsync(cancellationToken).ConfigureAwait(false);
        var listener = await registry.ListenAsync(endpoint, cancellationToken).ConfigureAwait(false);
        return await StandAsync(new ListeningTunnel(Interlocked.Increment(ref _last), far, listener, events, router.CountLimit, Ended)).ConfigureAwait(false);
    }

    private Task<Tunnel> ReverseAsync(TunnelRequest request, TransportAddress near, CancellationToken cancellationToken) =>
        ReverseAsync(request, token => registry.DialAsync(near, token).AsTask(), cancellationToken);

    private async Task<Tunnel> StandAsync(StandingTunnel tunnel)
    {
        _open[tunnel.Id] = tunnel;
        if (_disposed)
        {
            // The node has stopped meanwhile, and may have looked at the table before.
            await tunnel.DisposeAsync().ConfigureAwait(false);
            throw new PnetException(PnetError.Closed, "the node stops");
        }
        var info = tunnel.Info;
        var (from, to) = info.Kind == TunnelKind.Reverse ? (info.Address, info.Transport) : (info.Transport, info.Address);
        events.Publish("tunnel.open", $"tunnel {tunnel.Id} from {from} to {to}");
        return tunnel;
    }

    private void Ended(Tunnel tunnel)
    {
        _ended.Enqueue(tunnel);
        _open.TryRemove(tunnel.Id, out _);
        while (_ended.Count > EndedKept)
            _ended.TryDequeue(out _);
        var info = tunnel.Info;
        var how = info.Error ?? (info.ExitStatus is { } status ? $"status {status}" : "ended");
        events.Publish("tunnel.ended", $"tunnel {tunnel.Id} to {info.Address}: {how}", warning: info.Error is not null);
    }
}
