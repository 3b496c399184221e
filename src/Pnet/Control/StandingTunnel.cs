namespace Pnet.Control;

/// <summary>A tunnel that stands until it is removed, and carries any number of connections.</summary>
internal abstract class StandingTunnel : Tunnel
{
    private readonly TaskCompletionSource<int?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EventLog _events;
    private readonly Action<Tunnel> _ended;
    private int _disposing;

    protected StandingTunnel(int id, FarService far, EventLog events, Action<Tunnel> ended)
        : base(id, far.Address)
    {
        (Far, _events, _ended) = (far, events, ended);
        Connections = new TunnelConnections(e => events.Folding.Publish("connection.failed", $"tunnel {id}", $"tunnel {id} to {far.Address}: {e.Message}"));
    }

    public sealed override Task<int?> Completion => _completion.Task;

    /// <summary>Whether it takes no connections any more.</summary>
    protected bool IsOver => _completion.Task.IsCompleted;

    protected FarService Far { get; }

    protected EventLog Events => _events;

    protected TunnelConnections Connections { get; }

    public sealed override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposing, 1) == 0)
        {
            await StopTakingAsync().ConfigureAwait(false);
            await Connections.DisposeAsync().ConfigureAwait(false);
            _completion.TrySetResult(null);
            _ended(this);
        }
        await _completion.Task.ConfigureAwait(false);
    }

    /// <summary>Takes no more connections; returns when none can come any more.</summary>
    protected abstract ValueTask StopTakingAsync();
}
