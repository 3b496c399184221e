using System.Diagnostics;
using System.Management.Automation;
using PnetPS.Blocks;
using PnetPS.Hosting;

namespace PnetPS.Commands;

/// <summary>
/// What all cmdlets share: asynchronous work that Ctrl+C ends at once, and errors with an id, a category and advice.
/// </summary>
/// <remarks>
/// PowerShell wants output, errors and questions on the pipeline's own thread. So that thread waits, and while it does it
/// runs what other threads have <see cref="Post"/>ed.
/// </remarks>
public abstract class R2Cmdlet : PSCmdlet, IDisposable
{
    private static readonly TimeSpan ProgressAfter = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _wake = new();
    private readonly Lock _gate = new();
    private Queue<Action> _posted = [];
    private bool _disposed;

    /// <summary>Cancelled by Ctrl+C, or when the pipeline is stopped otherwise.</summary>
    protected CancellationToken StopToken => _stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether nothing posted runs any more.</summary>
    internal bool IsOver => Volatile.Read(ref _disposed);

    /// <summary>Runs an action on the pipeline's thread, the next time it waits; from any thread. Too late is never.</summary>
    internal void Post(Action action)
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _posted.Enqueue(action);
            _wake.Set();
        }
    }

    /// <inheritdoc/>
    protected sealed override void BeginProcessing() => Try(Begin, ErrorTarget);

    /// <summary>Runs an action on the pipeline's thread, and completes when it has run. Too late is never: wait with a token of the cmdlet's.</summary>
    private protected Task PostAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            action();
            done.SetResult();
        });
        return done.Task;
    }

    /// <summary>Does what the cmdlet does for one input object; expected failures become error records.</summary>
    protected sealed override void ProcessRecord() => Try(Process, ErrorTarget);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Try(Finish, ErrorTarget);

    /// <inheritdoc/>
    protected sealed override void StopProcessing()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The cmdlet has just ended by itself.
        }
    }

    /// <summary>What an error is about, when nothing nearer is known.</summary>
    protected virtual object? ErrorTarget => null;

    /// <summary>The work before the first input object.</summary>
    protected virtual void Begin()
    {
    }

    /// <summary>The work for one input object.</summary>
    protected abstract void Process();

    /// <summary>The work after the last input object.</summary>
    protected virtual void Finish()
    {
    }

    /// <summary>Does something for one of several items: what fails becomes an error record about it, and the next can go on.</summary>
    /// <returns>Whether it was done.</returns>
    protected bool Try(Action action, object? target)
    {
        ArgumentNullException.ThrowIfNull(action);
        try
        {
            action();
            return true;
        }
        catch (Exception exception) when (Failure.IsExpected(exception))
        {
            WriteError(Failure.ToErrorRecord(exception, target));
            return false;
        }
    }

    /// <summary>Waits for asynchronous work on the pipeline's thread; Ctrl+C ends the wait whatever the work does.</summary>
    /// <param name="work">The work, started off the pipeline's thread.</param>
    /// <param name="activity">What is told as progress when it takes more than a second.</param>
    /// <param name="step">How far it has got, for the same; without it, the seconds.</param>
    protected T Await<T>(Func<CancellationToken, Task<T>> work, string? activity = null, Func<string>? step = null)
    {
        var task = Task.Run(() => work(StopToken), CancellationToken.None);
        if (!Pump(task, activity, step))
        {
            Abandon(task);
            throw new PipelineStoppedException();
        }

        try
        {
            return task.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <inheritdoc cref="Await{T}(Func{CancellationToken, Task{T}}, string?, Func{string}?)"/>
    protected void Await(Func<CancellationToken, Task> work, string? activity = null, Func<string>? step = null) =>
        Await(
            async stopping =>
            {
                await work(stopping).ConfigureAwait(false);
                return true;
            },
            activity,
            step);

    /// <summary>Waits for the next of many steps; one that is over already costs no change of threads.</summary>
    /// <param name="step">The step, begun on the pipeline's thread.</param>
    private protected T Await<T>(ValueTask<T> step)
    {
        if (!step.IsCompletedSuccessfully)
            return Await(_ => step.AsTask());
        RunPosted();
        return step.Result;
    }

    /// <summary>Hands on what asynchronous work yields, on the pipeline's thread, as it comes.</summary>
    protected IEnumerable<T> Await<T>(Func<CancellationToken, IAsyncEnumerable<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var items = work(StopToken).GetAsyncEnumerator(StopToken);
        try
        {
            for (var more = Await(_ => items.MoveNextAsync().AsTask()); more; more = Await(items.MoveNextAsync()))
                yield return items.Current;
        }
        finally
        {
            // An enumerator that is in the middle of a step can't be disposed of: its token ends it.
            if (!StopToken.IsCancellationRequested)
                Await(_ => items.DisposeAsync().AsTask());
        }
    }

    /// <summary>Gets a path of the file system in full.</summary>
    private protected string FullPath(string path) => GetUnresolvedProviderPathFromPSPath(path);

    /// <summary>Connects to the daemon behind a manager socket, or takes the connection that is there.</summary>
    private protected R2Node ResolveDaemon(string socketPath)
    {
        var path = FullPath(socketPath);
        return Await(stopping => ModuleState.Nodes.GetDaemonAsync(path, stopping), $"Connecting to {path}");
    }

    /// <summary>Takes a script block out of the session; what it says beside its output comes to this cmdlet while that runs.</summary>
    private protected BlockSource TakeBlock(ScriptBlock block) =>
        BlockSource.Create(block, this, new BlockCaller(this));

    /// <summary>Frees what the cmdlet holds, on every way out of it.</summary>
    protected virtual void Dispose(bool disposing)
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        _stop.Cancel();
        _stop.Dispose();
        _wake.Dispose();
    }

    /// <returns>Whether the task has ended; if not, the pipeline is being stopped.</returns>
    private bool Pump(Task task, string? activity, Func<string>? step)
    {
        // The event may be gone by the time abandoned work ends.
        _ = task.ContinueWith(_ => Post(static () => { }), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        using var stopped = StopToken.Register(() => Post(static () => { }));
        using var progress = new WaitProgress(this, activity, step);
        while (true)
        {
            // In this order: what was posted before the end is not lost.
            var ended = task.IsCompleted;
            RunPosted();
            if (ended)
                return true;
            if (_stop.IsCancellationRequested)
                return false;

            // Whatever ends between the two looks at it has rung before RunPosted listened for it.
            if (!task.IsCompleted)
                _wake.Wait(progress.Next());
        }
    }

    /// <summary>Runs what was posted, on the pipeline's thread.</summary>
    private protected void RunPosted()
    {
        Queue<Action> posted;
        lock (_gate)
        {
            _wake.Reset();
            if (_posted.Count == 0)
                return;
            (posted, _posted) = (_posted, []);
        }

        foreach (var action in posted)
            action();
    }

    /// <summary>Closes whatever comes of work that nobody waits for any longer; how it fails interests nobody.</summary>
    private static void Abandon<T>(Task<T> task) =>
        _ = task.ContinueWith(
            static async ended =>
            {
                if (ended.IsFaulted)
                    _ = ended.Exception;
                else if (ended.IsCompletedSuccessfully && ended.Result is IAsyncDisposable result)
                    await result.DisposeAsync().ConfigureAwait(false);
            },
            TaskScheduler.Default);

    /// <summary>Tells of a wait that takes more than a second.</summary>
    private sealed class WaitProgress(Cmdlet cmdlet, string? activity, Func<string>? step) : IDisposable
    {
        private readonly long _start = Stopwatch.GetTimestamp();
        private bool _shown;

        public TimeSpan Next()
        {
            if (activity is null)
                return Timeout.InfiniteTimeSpan;

            var waited = Stopwatch.GetElapsedTime(_start);
            if (waited < ProgressAfter)
                return ProgressAfter - waited;

            _shown = true;
            cmdlet.WriteProgress(new ProgressRecord(1, activity, step?.Invoke() ?? $"{waited.TotalSeconds:F0} s"));
            return ProgressAfter;
        }

        public void Dispose()
        {
            if (_shown && activity is not null)
                cmdlet.WriteProgress(new ProgressRecord(1, activity, "Done") { RecordType = ProgressRecordType.Completed });
        }
    }
}
