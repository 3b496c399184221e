using System.Diagnostics;
using System.Management.Automation;

namespace PnetPS.Blocks;

/// <summary>Takes what one run of a script block says beside its output, as it comes: a block may run for ever.</summary>
/// <remarks>Of an activity's progress only the last record of every half second counts. Used on the block's thread, and once more after its end.</remarks>
internal sealed class BlockVoice(string block, IReadOnlyList<IBlockListener> listeners)
{
    private const int MaxActivities = 64;
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<int, Activity> _activities = [];

    /// <summary>Takes what a shell says from now on.</summary>
    public void Listen(PSDataStreams streams)
    {
        On(streams.Error, error => Say(BlockChannel.Error, error));
        On(streams.Warning, warning => Say(BlockChannel.Warning, warning.Message));
        On(streams.Verbose, verbose => Say(BlockChannel.Verbose, verbose.Message));
        On(streams.Debug, debug => Say(BlockChannel.Debug, debug.Message));
        On(streams.Information, information => Say(BlockChannel.Information, information));
        On(streams.Progress, Progress);
    }

    /// <summary>Says something for the block.</summary>
    public void Say(BlockChannel channel, object content)
    {
        var said = new BlockRecord(block, channel, content);
        foreach (var listener in listeners)
            listener.Hear(said);
    }

    /// <summary>Says what was still held back.</summary>
    public void Finish()
    {
        foreach (var activity in _activities.Values)
        {
            if (activity.Waiting is { } last)
                Say(BlockChannel.Progress, last);
        }

        _activities.Clear();
    }

    private static void On<T>(PSDataCollection<T> stream, Action<T> take) =>
        stream.DataAdded += (_, _) =>
        {
            foreach (var item in stream.ReadAll())
                take(item);
        };

    private void Progress(ProgressRecord progress)
    {
        if (!_activities.TryGetValue(progress.ActivityId, out var activity))
        {
            if (_activities.Count == MaxActivities)
                return;
            _activities.Add(progress.ActivityId, activity = new Activity());
        }

        activity.Waiting = activity.Take(progress) ? null : progress;
        if (activity.Waiting is null)
            Say(BlockChannel.Progress, progress);
    }

    private sealed class Activity
    {
        private long? _said;
        private long? _completed;

        /// <summary>The last record that was held back.</summary>
        public ProgressRecord? Waiting { get; set; }

        /// <returns>Whether it is time to say it. The end of an activity is worth a word sooner than another step.</returns>
        public bool Take(ProgressRecord progress)
        {
            ref var last = ref progress.RecordType == ProgressRecordType.Completed ? ref _completed : ref _said;
            if (last is { } time && Stopwatch.GetElapsedTime(time) < ProgressInterval)
                return false;
            last = Stopwatch.GetTimestamp();
            return true;
        }
    }
}
