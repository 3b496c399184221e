using System.Diagnostics;
using Pnet.Channels;
using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>
/// Keeps one channel waiting at a far service that listens, and joins each connection that it hands over to a near end opened for it.
/// When the service is lost it is tried again, for as long as the tunnel stands.
/// </summary>
internal sealed class ReverseTunnel : StandingTunnel
{
    private readonly string _transport;
    private readonly Func<CancellationToken, Task<ITransport>> _open;
    private readonly Task _taking;
    private readonly Backoff _backoff = new();
    private PnetException? _lost;

    /// <summary>Begins to take connections.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="far">The far service.</param>
    /// <param name="first">The channel that waits there.</param>
    /// <param name="transport">What the near end is called.</param>
    /// <param name="open">Opens it.</param>
    /// <param name="events">Where it tells of itself and its connections.</param>
    /// <param name="ended">Is told when it has ended.</param>
    public ReverseTunnel(
        int id, FarService far, Channel first, string transport, Func<CancellationToken, Task<ITransport>> open, EventLog events, Action<Tunnel> ended)
        : base(id, far, events, ended)
    {
        (_transport, _open) = (transport, open);
        _taking = TakeAllAsync(first);
    }

    public override TunnelInfo Info => Describe(TunnelKind.Reverse, _transport, IsOver ? TunnelState.Ended : _lost is null ? TunnelState.Waiting : TunnelState.Retrying) with
    {
        Active = Connections.Active,
        Connections = Connections.Total,
        BytesSent = Connections.Counters.BytesFromB,
        BytesReceived = Connections.Counters.BytesFromA,
        Error = IsOver ? null : _lost?.Message,
    };

    protected override async ValueTask StopTakingAsync()
    {
        await Connections.StopAsync().ConfigureAwait(false);
        await _taking.ConfigureAwait(false);
    }

    private async Task TakeAllAsync(Channel? first)
    {
        try
        {
            for (var waiting = first; ; waiting = null)
            {
                // Where there is no room, connections wait at the far service.
                await Connections.ReserveAsync().ConfigureAwait(false);
                try
                {
                    Connections.Start(await TakeAsync(waiting).ConfigureAwait(false), _open);
                }
                catch
                {
                    Connections.Release();
                    throw;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Removed.
        }
    }

    // One connection, however often the service is lost meanwhile.
    private async Task<Channel> TakeAsync(Channel? waiting)
    {
        while (true)
        {
            var since = Stopwatch.GetTimestamp();
            try
            {
                waiting ??= _lost is null ? await Far.OpenNextAsync(Connections.Stopping).ConfigureAwait(false) : await FindAgainAsync().ConfigureAwait(false);
                await waiting.Accepted.WaitAsync(Connections.Stopping).ConfigureAwait(false);
                _backoff.Reset();
                return waiting;
            }
            catch (OperationCanceledException)
            {
                if (waiting is not null)
                    await waiting.DisposeAsync().ConfigureAwait(false);
                throw;
            }
            catch (IOException e)
            {
                waiting = null;
                _lost = e as PnetException ?? new PnetException(PnetError.Failed, e.Message, null, e);
                Events.Publish("tunnel.lost", $"tunnel {Id} to {Far.Address}: {e.Message}", warning: true);
            }
            // One that had waited for long begins anew.
            if (Stopwatch.GetElapsedTime(since) > Backoff.Longest)
                _backoff.Reset();
            await Task.Delay(_backoff.Next(), Connections.Stopping).ConfigureAwait(false);
        }
    }

    private async Task<Channel> FindAgainAsync()
    {
        var waiting = await Far.OpenListeningAsync(Connections.Stopping).ConfigureAwait(false);
        _lost = null;
        Events.Publish("tunnel.back", $"tunnel {Id} waits at {Far.Address} again");
        return waiting;
    }
}
