using Pnet.Channels;
using Pnet.Frames;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>The connections that one tunnel carries: each is joined to another transport, counted, and cut with the tunnel.</summary>
/// <param name="failed">Is told why one could not be joined, or broke off.</param>
internal sealed class TunnelConnections(Action<Exception> failed) : IAsyncDisposable
{
    /// <summary>Connections at a time on one tunnel.</summary>
    public const int MaxActive = 256;

    private readonly SemaphoreSlim _room = new(MaxActive);
    private readonly CancellationTokenSource _stop = new();
    private int _active;
    private long _total;

    /// <summary>Connections now.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>Connections so far.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>What they have carried: <c>A</c> is the side that was taken, <c>B</c> the one that was opened for it.</summary>
    public SpliceCounters Counters { get; } = new();

    /// <summary>Cancelled when the tunnel ends.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Makes sure of room for one connection, which is then to be started, or the room to be released.</summary>
    public bool TryReserve() => _room.Wait(0);

    /// <summary>Waits for room for one connection.</summary>
    public Task ReserveAsync() => _room.WaitAsync(_stop.Token);

    /// <summary>Gives room back.</summary>
    public void Release() => _room.Release();

    /// <summary>Joins a connection, for which there is room, to what is opened for it; it is owned from here on.</summary>
    public void Start(ITransport taken, Func<CancellationToken, Task<ITransport>> open)
    {
        Interlocked.Increment(ref _active);
        Interlocked.Increment(ref _total);
        // Not where it was accepted: opening may start a process.
        _ = Task.Run(() => RunAsync(taken, open));
    }

    /// <summary>Cuts the connections; none can be started any more.</summary>
    public Task StopAsync() => _stop.CancelAsync();

    /// <summary>Cuts the connections, and waits until they are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        for (var left = 0; left < MaxActive; left++)
            await _room.WaitAsync().ConfigureAwait(false);
    }

    private async Task RunAsync(ITransport taken, Func<CancellationToken, Task<ITransport>> open)
    {
        ITransport? opened = null;
        Exception? failure = null;
        try
        {
            opened = await open(_stop.Token).ConfigureAwait(false);
            await Splice.RunAsync(taken, opened, new SpliceCounters(Counters), _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever it is that opening throws: this connection is over, the tunnel is not.
            failure = e;
        }
        await CloseAsync(taken, failure).ConfigureAwait(false);
        if (opened is not null)
            await CloseAsync(opened, failure).ConfigureAwait(false);
        if (failure is not null && !_stop.IsCancellationRequested)
            failed(failure);
        Interlocked.Decrement(ref _active);
        Release();
    }

    // A channel can say why.
    private static ValueTask CloseAsync(ITransport side, Exception? failure)
    {
        if (failure is not null && side is Channel channel)
            channel.Reset(Reason.From(failure));
        return side.DisposeAsync();
    }
}
