using Pnet.Transports;

namespace Pnet.Control;

/// <summary>Listens at this end: each connection gets a channel of its own to the far service.</summary>
internal sealed class ListeningTunnel : StandingTunnel
{
    private readonly AcceptLoop _loop;
    private readonly Action _limitReached;

    /// <summary>Begins to accept.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="far">The far service.</param>
    /// <param name="listener">The near end, which it owns.</param>
    /// <param name="events">Where it tells of its connections.</param>
    /// <param name="limitReached">Counts a connection that is refused.</param>
    /// <param name="ended">Is told when it has ended.</param>
    public ListeningTunnel(int id, FarService far, IListener listener, EventLog events, Action limitReached, Action<Tunnel> ended)
        : base(id, far, events, ended)
    {
        _limitReached = limitReached;
        _loop = new AcceptLoop(listener, OnAccepted, e => events.Folding.Publish("listener.failed", listener.Endpoint, $"{listener.Endpoint}: {e.Message}"));
    }

    public override TunnelInfo Info => Describe(TunnelKind.Listening, _loop.Endpoint, IsOver ? TunnelState.Ended : TunnelState.Listening) with
    {
        Active = Connections.Active,
        Connections = Connections.Total,
        BytesSent = Connections.Counters.BytesFromA,
        BytesReceived = Connections.Counters.BytesFromB,
    };

    protected override ValueTask StopTakingAsync() => _loop.DisposeAsync();

    private void OnAccepted(ITransport near)
    {
        if (Connections.TryReserve())
        {
            Connections.Start(near, async stop => await Far.OpenAsync(stop).ConfigureAwait(false));
            return;
        }
        _limitReached();
        Events.Folding.Publish("connection.refused", _loop.Endpoint, $"{near.Description} at {_loop.Endpoint}: tunnel {Id} has {TunnelConnections.MaxActive} connections");
        _ = near.DisposeAsync().AsTask();
    }
}
