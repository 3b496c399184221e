using System.Collections.Concurrent;
using Pnet.Addressing;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>The tunnels that were opened through a node, and the last of those that ended.</summary>
internal sealed class TunnelTable(EventLog events) : IAsyncDisposable
{
    private const int EndedKept = 64;

    private readonly ConcurrentDictionary<int, Tunnel> _open = new();
    private readonly ConcurrentQueue<Tunnel> _ended = new();
    private int _last;

    public IReadOnlyList<TunnelInfo> Infos => [.. _ended.Concat(_open.Values).Select(t => t.Info).DistinctBy(t => t.Id).OrderBy(t => t.Id)];

    /// <summary>Joins two transports, which the tunnel owns, and lists it.</summary>
    public Tunnel Start(AddressPath address, ITransport far, ITransport near)
    {
        var tunnel = new Tunnel(Interlocked.Increment(ref _last), address, far, near);
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

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_open.Values.Select(t => t.DisposeAsync().AsTask())).ConfigureAwait(false);

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
