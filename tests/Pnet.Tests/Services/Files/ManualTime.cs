namespace Pnet.Tests.Services.Files;

/// <summary>A clock that goes when the test says so.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _now;
    private int _created;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    /// <summary>Waits until so many timers have been made.</summary>
    public Task CreatedAsync(int count) => UntilAsync(() => _created >= count);

    /// <summary>Waits until somebody waits for so long from now on.</summary>
    public Task WaitedForAsync(TimeSpan time) => UntilAsync(() => _timers.Exists(timer => timer.Due == _now + time.Ticks));

    /// <summary>Lets time go by.</summary>
    public void Advance(TimeSpan time)
    {
        List<ManualTimer> due;
        lock (_lock)
        {
            _now += time.Ticks;
            due = _timers.FindAll(timer => timer.Due <= _now);
            _timers.RemoveAll(due.Contains);
        }
        due.ForEach(timer => timer.Run());
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (condition())
                    return;
                changed = _changed.Task;
            }
            await changed;
        }
    }

    private void Set(ManualTimer timer, TimeSpan? due)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _timers.Remove(timer);
            if (due is { } time && time != Timeout.InfiniteTimeSpan)
            {
                timer.Due = _now + time.Ticks;
                _timers.Add(timer);
                _created++;
            }
            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        changed.SetResult();
    }

    private sealed class ManualTimer(ManualTime time, Action run) : ITimer
    {
        public long Due { get; set; }

        public void Run() => run();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time.Set(this, dueTime);
            return true;
        }

        public void Dispose() => time.Set(this, null);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
