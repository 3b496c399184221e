using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>Hands what happens at a node to everybody who watches. Nobody is waited for.</summary>
public sealed class EventLog
{
    /// <summary>Events that a watcher may be behind before the oldest are dropped.</summary>
    public const int WatcherCapacity = 1024;

    private readonly Lock _lock = new();
    private readonly List<Watcher> _watchers = [];

    /// <summary>Also called for every event, on the thread it happens on.</summary>
    public event Action<NodeEvent>? Published;

    /// <summary>Tells of something that has just happened.</summary>
    public void Publish(string kind, string message, NodeId? peer = null, bool warning = false)
    {
        var happened = new NodeEvent { Time = DateTimeOffset.UtcNow, Kind = kind, Message = message, Peer = peer, Warning = warning };
        Published?.Invoke(happened);
        lock (_lock)
        {
            foreach (var watcher in _watchers)
                watcher.Events.Writer.TryWrite(happened);
        }
    }

    /// <summary>Follows events from now on. One that was dropped is made up for by one of kind <c>events.lost</c>.</summary>
    public async IAsyncEnumerable<NodeEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var watcher = new Watcher();
        lock (_lock)
            _watchers.Add(watcher);
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

    private sealed class Watcher
    {
        public int Lost;

        public Watcher() => Events = System.Threading.Channels.Channel.CreateBounded<NodeEvent>(
            new BoundedChannelOptions(WatcherCapacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Increment(ref Lost));

        public System.Threading.Channels.Channel<NodeEvent> Events { get; }
    }
}
