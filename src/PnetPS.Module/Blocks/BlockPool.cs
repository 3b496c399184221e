using System.Diagnostics.CodeAnalysis;
using System.Management.Automation.Runspaces;

namespace PnetPS.Blocks;

/// <summary>
/// Runs a script block again and again, in runspaces that are opened ahead of need. Opening one takes much longer than most runs, so one that is
/// left as it was found is kept for the next.
/// </summary>
/// <remarks>
/// Each runspace has a thread of its own. Those that nothing was to do for in a while go, but for the one that is kept ahead of need.
/// </remarks>
/// <param name="source">The block.</param>
/// <param name="ahead">Whether one is kept ready, or opened, beside those that run.</param>
/// <param name="maxAtOnce">Runs at a time; others wait.</param>
internal sealed class BlockPool(BlockSource source, bool ahead = false, int maxAtOnce = int.MaxValue) : IDisposable
{
    /// <summary>Runspaces that wait.</summary>
    public const int MaxIdle = 16;

    /// <summary>How long they do.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(1);

    // As much as PowerShell gives its own threads.
    private const int StackBytes = 10_000_000;

    private readonly Lock _gate = new();
    private readonly LinkedList<Job> _waiting = [];

    // The one that came last goes first: the others can be seen to be too many.
    private readonly List<Worker> _idle = [];
    private int _workers;
    private int _busy;
    private bool _ahead = ahead;
    private bool _disposed;

    /// <summary>Opens a runspace for the first run.</summary>
    public void Prepare()
    {
        lock (_gate)
            Grow();
    }

    /// <summary>Runs something in a runspace of the block.</summary>
    /// <param name="work">What is run; on the runspace's thread.</param>
    /// <param name="cancellationToken">Ends the wait for a runspace.</param>
    /// <returns>Completes with the work, and fails as it does.</returns>
    public Task RunAsync(Action<PreparedBlock> work, CancellationToken cancellationToken)
    {
        var job = new Job(work);
        lock (_gate)
        {
            if (_idle.Count > 0)
            {
                var worker = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
                _busy++;
                worker.Give(job);
            }
            else
            {
                _waiting.AddLast(job);
            }

            Grow();
        }

        return FinishAsync(job, cancellationToken);
    }

    /// <summary>Closes the runspaces that wait. Those that run go on, and so do runs that wait for one.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _ahead = false;
            foreach (var worker in _idle)
                worker.Give(null);
            _idle.Clear();
        }
    }

    private async Task FinishAsync(Job job, CancellationToken cancellationToken)
    {
        using var cancelling = cancellationToken.UnsafeRegister(
            _ =>
            {
                bool waited;
                lock (_gate)
                    waited = _waiting.Remove(job);
                if (waited)
                    job.Done.TrySetCanceled(cancellationToken);
            },
            null);
        await job.Done.Task.ConfigureAwait(false);
    }

    /// <summary>Under the lock: as many runspaces as are wanted, and one ahead of need.</summary>
    private void Grow() => Grow(_ahead ? 1 : 0);

    private void Grow(int ahead)
    {
        if (_waiting.Count + ahead <= _workers - _busy || _workers >= maxAtOnce)
            return;
        _workers++;
        new Thread(Work, StackBytes) { IsBackground = true, Name = "PnetPS script block" }.Start();
    }

    private void Work()
    {
        if (TryOpen(out var prepared))
        {
            using (prepared)
                Serve(prepared);
        }
    }

    private void Serve(PreparedBlock prepared)
    {
        using var worker = new Worker();
        while (Next(worker) is { } job)
        {
            Runspace.DefaultRunspace = prepared.Runspace;
            job.Run(prepared);
            var again = prepared.TryRestore();
            lock (_gate)
            {
                _busy--;
                if (!again)
                {
                    _workers--;
                    Grow();
                    return;
                }
            }
        }

        lock (_gate)
            _workers--;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whoever waits for the runspace is told.")]
    private bool TryOpen([NotNullWhen(true)] out PreparedBlock? prepared)
    {
        try
        {
            prepared = PreparedBlock.Open(source);
            return true;
        }
        catch (Exception exception)
        {
            prepared = null;
            Fail(exception);
            return false;
        }
    }

    // One failure for one run: the next one tries anew.
    private void Fail(Exception exception)
    {
        Job? job;
        lock (_gate)
        {
            _workers--;
            job = TakeWaiting();
            Grow(ahead: 0);
        }

        job?.Done.TrySetException(exception);
    }

    /// <returns>What to do next, counted as busy; <see langword="null"/> for going.</returns>
    private Job? Next(Worker worker)
    {
        lock (_gate)
        {
            if (TakeWaiting() is { } job)
            {
                _busy++;
                return job;
            }

            if (_disposed || _idle.Count == MaxIdle)
                return null;
            _idle.Add(worker);
        }

        while (!worker.Wait(IdleTime))
        {
            lock (_gate)
            {
                if (_idle.Count > (_ahead ? 1 : 0) && _idle.Remove(worker))
                    return null;
            }
        }

        return worker.Job;
    }

    private Job? TakeWaiting()
    {
        var first = _waiting.First;
        if (first is not null)
            _waiting.RemoveFirst();
        return first?.Value;
    }

    /// <summary>A runspace's thread, as one that waits.</summary>
    private sealed class Worker : IDisposable
    {
        private readonly SemaphoreSlim _given = new(0);

        /// <summary>What it was given last; <see langword="null"/> for going.</summary>
        public Job? Job { get; private set; }

        public void Give(Job? job)
        {
            Job = job;
            _given.Release();
        }

        public bool Wait(TimeSpan bound) => _given.Wait(bound);

        public void Dispose() => _given.Dispose();
    }

    private sealed class Job(Action<PreparedBlock> work)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whoever waits for the work is told.")]
        public void Run(PreparedBlock prepared)
        {
            try
            {
                work(prepared);
                Done.SetResult();
            }
            catch (Exception exception)
            {
                Done.SetException(exception);
            }
        }
    }
}
