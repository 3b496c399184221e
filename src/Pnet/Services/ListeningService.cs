using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Services;

/// <summary>
/// Listens, and hands each connection to the caller that has waited longest: accepting that caller's channel is the sign that
/// one has come.
/// </summary>
/// <remarks>
/// A connection with nobody waiting is held for a while; a channel waits for as long as its caller likes. Both are bounded,
/// and no node may take all the places of those who wait.
/// </remarks>
public sealed class ListeningService : Service
{
    /// <summary>Channels that wait for a connection at a time.</summary>
    public const int MaxWaiting = 128;

    /// <summary>Of those, channels of one node.</summary>
    public const int MaxWaitingPerNode = 16;

    /// <summary>Connections held at a time because nobody waits for one.</summary>
    public const int MaxHeld = 128;

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private readonly LinkedList<ITransport> _held = [];
    private readonly CancellationTokenSource _over = new();
    private readonly Action<string> _refused;
    private readonly AcceptLoop _loop;
    private bool _isOver;

    /// <summary>Begins to accept connections.</summary>
    /// <param name="name">The name it is addressed by.</param>
    /// <param name="rule">Who may use it beside known nodes.</param>
    /// <param name="listener">Where connections come from; it is the service's from here on.</param>
    /// <param name="refused">Is told of a connection that was closed because it could not be held, or not for longer.</param>
    /// <param name="failed">Is told of a connection that could not be accepted.</param>
    public ListeningService(string name, AccessRule rule, IListener listener, Action<string> refused, Action<IOException> failed)
        : base(name, rule)
    {
        _refused = refused;
        _loop = new AcceptLoop(listener, OnAccepted, failed);
    }

    /// <summary>How long a connection is held for somebody to take it.</summary>
    public static TimeSpan HoldTimeout { get; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public override string Description => _loop.Endpoint;

    /// <inheritdoc/>
    public override bool Listens => true;

    /// <inheritdoc/>
    protected override async Task ServeAsync(Neighbour caller, Channel channel, CancellationToken cancellationToken)
    {
        var connection = await TakeAsync(caller.Id, channel, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            channel.Accept();
            await Splice.RunAsync(channel, connection, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        await _loop.DisposeAsync().ConfigureAwait(false);
        List<Waiter> waiting;
        List<ITransport> held;
        lock (_lock)
        {
            _isOver = true;
            (waiting, held) = ([.. _waiting], [.. _held]);
            _waiting.Clear();
            _held.Clear();
        }
        await _over.CancelAsync().ConfigureAwait(false);
        foreach (var waiter in waiting)
            waiter.Connection.TrySetException(NotOffered());
        foreach (var connection in held)
            await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<ITransport> TakeAsync(NodeId caller, Channel channel, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(caller);
        LinkedListNode<Waiter> place;
        lock (_lock)
        {
            if (_isOver)
                throw NotOffered();
            if (_held.First is { } oldest)
            {
                _held.Remove(oldest);
                return oldest.Value;
            }
            if (_waiting.Count >= MaxWaiting || _waiting.Count(w => w.Caller == caller) >= MaxWaitingPerNode)
                throw new PnetException(PnetError.LimitReached, $"service \"{Name}\" has as many channels waiting as it lets wait", "Try again when some have their connections, or end tunnels that wait: r2 untunnel.");
            place = _waiting.AddLast(waiter);
        }
        using (var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            await Task.WhenAny(waiter.Connection.Task, channel.Cut.WaitAsync(gone.Token)).ConfigureAwait(false);
            await gone.CancelAsync().ConfigureAwait(false);
        }
        lock (_lock)
        {
            if (place.List is not null)
            {
                _waiting.Remove(place);
                throw new OperationCanceledException("the caller has gone");
            }
        }
        var connection = await waiter.Connection.Task.ConfigureAwait(false);
        if (!channel.IsOver)
            return connection;
        // It was handed over just as the caller went: the next one has it.
        OnAccepted(connection);
        throw new OperationCanceledException("the caller has gone");
    }

    private void OnAccepted(ITransport connection)
    {
        Waiter? waiter = null;
        LinkedListNode<ITransport>? place = null;
        lock (_lock)
        {
            if (_waiting.First is { } first)
            {
                waiter = first.Value;
                _waiting.Remove(first);
            }
            else if (_held.Count < MaxHeld && !_isOver)
            {
                place = _held.AddLast(connection);
            }
        }
        if (waiter is not null)
            waiter.Connection.TrySetResult(connection);
        else if (place is not null)
            _ = ExpireAsync(place);
        else
            _ = RefuseAsync(connection, $"{MaxHeld} are waiting to be taken");
    }

    private async Task ExpireAsync(LinkedListNode<ITransport> place)
    {
        await Task.Delay(HoldTimeout, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            if (place.List is null)
                return;
            _held.Remove(place);
        }
        await RefuseAsync(place.Value, $"nobody took it within {HoldTimeout.TotalSeconds:0} s").ConfigureAwait(false);
    }

    private async Task RefuseAsync(ITransport connection, string why)
    {
        _refused($"{connection.Description} at {_loop.Endpoint}, service \"{Name}\": {why}");
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private PnetException NotOffered() => new(PnetError.NotFound, $"service \"{Name}\" is no longer offered");

    private sealed class Waiter(NodeId caller)
    {
        public NodeId Caller => caller;

        public TaskCompletionSource<ITransport> Connection { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
