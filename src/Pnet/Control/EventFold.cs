using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>
/// Publishes what others can make happen as often as they like: what is the same as what was told of the same source last is counted, as syslog
/// does, and what else a source causes too often as well. The count is told once the period is over.
/// </summary>
/// <remarks>The table is bounded: sources beyond it share one place for each kind, so that no number of strangers floods the log.</remarks>
/// <param name="log">Where to.</param>
/// <param name="time">What periods are measured with.</param>
internal sealed class EventFold(EventLog log, TimeProvider time)
{
    /// <summary>Sources of one kind of event that are told apart, in one period.</summary>
    public const int MaxSources = 64;

    /// <summary>Events of a source and kind that are told one by one, in one period.</summary>
    public const int Burst = 8;

    /// <summary>Seconds after which counts are told, and all begins anew.</summary>
    public const int PeriodSeconds = 30;

    // Stands for all sources that are not told apart.
    private const string Others = "";

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Kind, string Source), Entry> _entries = [];
    private readonly Dictionary<string, int> _sources = new(StringComparer.Ordinal);
    private ITimer? _timer;
    private long _folded;

    /// <summary>Events that were counted and not told one by one, since the start.</summary>
    public long Folded => Interlocked.Read(ref _folded);

    /// <summary>Tells of something that somebody else made happen, or counts it.</summary>
    /// <param name="kind">What happened.</param>
    /// <param name="source">Who made it happen: an id, or where a connection came from without its port.</param>
    /// <param name="message">One line for a person.</param>
    /// <param name="peer">The other node, where there is one.</param>
    public void Publish(string kind, string source, string message, NodeId? peer = null)
    {
        message = EventLog.Cut(message);
        Entry entry;
        (string, NodeId?)? count = null;
        lock (_lock)
        {
            entry = Find(kind, source);
            if (entry.Told == Burst || message == entry.Message)
            {
                entry.Mixed |= message != entry.Message;
                (entry.Message, entry.Peer) = (message, peer);
                entry.Counted++;
                Interlocked.Increment(ref _folded);
                return;
            }
            count = entry.TakeCount();
            (entry.Message, entry.Peer) = (message, peer);
            entry.Told++;
        }
        Tell(kind, count);
        Tell(kind, (message, peer));
    }

    /// <summary>Tells what was counted, and begins anew.</summary>
    public void Flush()
    {
        List<(string Kind, (string, NodeId?)? Count)> counts;
        lock (_lock)
        {
            counts = [.. _entries.Select(pair => (pair.Key.Kind, pair.Value.TakeCount()))];
            _entries.Clear();
            _sources.Clear();
            _timer?.Dispose();
            _timer = null;
        }
        foreach (var (kind, count) in counts)
            Tell(kind, count);
    }

    private Entry Find(string kind, string source)
    {
        if (_entries.TryGetValue((kind, source), out var entry))
            return entry;
        var sources = _sources.GetValueOrDefault(kind);
        if (sources == MaxSources && _entries.TryGetValue((kind, Others), out entry))
            return entry;
        entry = new Entry();
        _entries.Add((kind, sources == MaxSources ? Others : source), entry);
        _sources[kind] = Math.Min(sources + 1, MaxSources);
        _timer ??= time.CreateTimer(static fold => ((EventFold)fold!).Flush(), this, TimeSpan.FromSeconds(PeriodSeconds), Timeout.InfiniteTimeSpan);
        return entry;
    }

    private void Tell(string kind, (string Message, NodeId? Peer)? happened)
    {
        if (happened is { } one)
            log.Publish(kind, one.Message, one.Peer, warning: true);
    }

    private sealed class Entry
    {
        public string? Message { get; set; }

        public NodeId? Peer { get; set; }

        public int Told { get; set; }

        public long Counted { get; set; }

        /// <summary>Whether others than the one that is told are among those that were counted.</summary>
        public bool Mixed { get; set; }

        public (string, NodeId?)? TakeCount()
        {
            if (Counted == 0)
                return null;
            var how = Mixed ? $"the last of {Counted} more" : Counted == 1 ? "repeated once" : $"repeated {Counted} times";
            (Counted, Mixed) = (0, false);
            return ($"{Message} ({how} within {PeriodSeconds} s)", Peer);
        }
    }
}
