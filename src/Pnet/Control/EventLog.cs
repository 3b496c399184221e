using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>Keeps the last events of a node and hands new ones to everybody who watches. Nobody is waited for.</summary>
public sealed class EventLog
{
    /// <summary>Events that are kept before the oldest are forgotten.</summary>
    public const int Kept = 1024;

    /// <summary>Characters of a message before the rest is cut off.</summary>
    public const int MaxMessage = 4096;

    /// <summary>Events that a watcher may be behind before the oldest are dropped.</summary>
    public const int WatcherCapacity = 1024;

    private readonly Lock _lock = new();
    private readonly List<NodeEvent> _kept = [];
    private readonly Dictionary<string, int> _groups = new(StringComparer.Ordinal);
    private readonly List<Watcher> _watchers = [];
    private bool _completed;

    /// <summary>Creates an empty log.</summary>
    public EventLog()
        : this(TimeProvider.System)
    {
    }

    /// <summary>Creates an empty log that folds by another clock.</summary>
    internal EventLog(TimeProvider time) => Folding = new EventFold(this, time);

    /// <summary>How many watches there are just now.</summary>
    public int Watchers
    {
        get
        {
            lock (_lock)
                return _watchers.Count;
        }
    }

    /// <summary>Tells of what others can make happen as often as they like.</summary>
    internal EventFold Folding { get; }

    /// <summary>Also called for every event, on the thread it happens on.</summary>
    public event Action<NodeEvent>? Published;

    /// <summary>Tells of something that has just happened.</summary>
    public void Publish(string kind, string message, NodeId? peer = null, bool warning = false)
    {
        ArgumentNullException.ThrowIfNull(message);
        var happened = new NodeEvent
        {
            Time = DateTimeOffset.UtcNow,
            Kind = kind,
            Message = Cut(message),
            Peer = peer,
            Warning = warning,
        };
        Published?.Invoke(happened);
        lock (_lock)
        {
            Keep(happened);
            foreach (var watcher in _watchers)
                watcher.Events.Writer.TryWrite(happened);
        }
    }

    /// <summary>Looks at the events that are kept, the oldest first.</summary>
    /// <exception cref="PnetException">The query makes no sense.</exception>
    public IReadOnlyList<NodeEvent> Read(EventQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        lock (_lock)
            return query.Pick(_kept);
    }

    /// <summary>Follows events from now on, until the log is completed. Those that were dropped are made up for by one of kind <c>events.lost</c>.</summary>
    public IAsyncEnumerable<NodeEvent> WatchAsync(CancellationToken cancellationToken = default) => WatchAsync(EventQuery.Nothing, cancellationToken);

    /// <summary>Follows events as <see cref="WatchAsync(CancellationToken)"/> does, after the kept ones that a query picks: none is missed between.</summary>
    /// <exception cref="PnetException">The query makes no sense.</exception>
    public async IAsyncEnumerable<NodeEvent> WatchAsync(EventQuery first, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        var watcher = Add(first);
        try
        {
            await foreach (var happened in watcher.Events.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                if (Interlocked.Exchange(ref watcher.Lost, 0) is > 0 and var lost)
                    yield return new NodeEvent { Time = happened.Time, Kind = "events.lost", Message = $"{lost} events were dropped: the reader was too slow", Warning = true };
                yield return happened;
            }
        }
        finally
        {
            lock (_lock)
                _watchers.Remove(watcher);
        }
    }

    /// <summary>Ends everybody's watch after what has been published; what is kept can still be read.</summary>
    public void Complete()
    {
        Folding.Flush();
        lock (_lock)
        {
            _completed = true;
            foreach (var watcher in _watchers)
                watcher.Events.Writer.TryComplete();
        }
    }

    /// <summary>As much of a message as is kept.</summary>
    internal static string Cut(string message) => message.Length <= MaxMessage ? message : $"{message.AsSpan(0, MaxMessage - 1)}…";

    /// <summary>Under the lock.</summary>
    private void Keep(NodeEvent happened)
    {
        var group = Group(happened);
        if (_kept.Count == Kept)
        {
            // A chatty group (what is before the dot of the kind) must not take the others' place.
            var chatty = _groups.FirstOrDefault(one => one.Value > Kept / 2).Key;
            Forget(chatty is null ? 0 : _kept.FindIndex(old => Group(old) == chatty));
        }
        _kept.Add(happened);
        _groups[group] = _groups.GetValueOrDefault(group) + 1;
    }

    private void Forget(int index)
    {
        _groups[Group(_kept[index])]--;
        _kept.RemoveAt(index);
    }

    private static string Group(NodeEvent happened) => happened.Kind.Split('.')[0];

    private Watcher Add(EventQuery first)
    {
        var watcher = new Watcher();
        lock (_lock)
        {
            foreach (var happened in first.Pick(_kept))
                watcher.Events.Writer.TryWrite(happened);
            if (_completed)
                watcher.Events.Writer.TryComplete();
            else
                _watchers.Add(watcher);
        }
        return watcher;
    }

    private sealed class Watcher
    {
        public int Lost;

        public Watcher() => Events = System.Threading.Channels.Channel.CreateBounded<NodeEvent>(
            new BoundedChannelOptions(WatcherCapacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Increment(ref Lost));

        public System.Threading.Channels.Channel<NodeEvent> Events { get; }
    }
}
