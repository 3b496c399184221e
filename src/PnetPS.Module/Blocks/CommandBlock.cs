using System.Management.Automation;
using Pnet.Services.Commands;

namespace PnetPS.Blocks;

/// <summary>
/// A script block that is a command. Each call has a runspace of its own, which nothing was done in before and which is gone after it;
/// as opening one takes much longer than most calls, the next one is opened ahead of them.
/// </summary>
internal sealed class CommandBlock(BlockSource source, IBlockListener journal) : IAsyncDisposable
{
    /// <summary>Calls that run at a time; others wait.</summary>
    public const int MaxAtOnce = 16;

    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(5);

    // As much as PowerShell gives its own threads.
    private const int StackBytes = 10_000_000;

    private readonly SemaphoreSlim _turn = new(MaxAtOnce);
    private Task<PreparedBlock>? _spare;
    private int _disposed;

    /// <summary>Opens a runspace for the first call.</summary>
    public void Prepare()
    {
        var spare = Start(() => PreparedBlock.Open(source));
        if (Interlocked.CompareExchange(ref _spare, spare, null) is not null || Volatile.Read(ref _disposed) != 0)
            Drop(spare);
    }

    /// <summary>Runs one call; the handler of the command.</summary>
    public async Task RunAsync(CommandCall call, CommandOutput output, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var spare = Interlocked.Exchange(ref _spare, null) ?? Start(() => PreparedBlock.Open(source));
            using var prepared = await spare.ConfigureAwait(false);
            using var run = new CommandRun(prepared, source, journal, output, cancellationToken);
            var running = Start(() => run.Run(call));
            // The next call's runspace is opened meanwhile.
            if (Volatile.Read(ref _disposed) == 0)
                Prepare();
            await FinishAsync(run, running, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Volatile.Write(ref _disposed, 1);
        if (Interlocked.Exchange(ref _spare, null) is { } spare)
            Drop(spare);
        return default;
    }

    private async Task FinishAsync(CommandRun run, Task<bool> running, CancellationToken cancellationToken)
    {
        using var stop = cancellationToken.UnsafeRegister(static state => ((CommandRun)state!).Stop(), run);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var bound = cancellationToken.UnsafeRegister(static state => ((TaskCompletionSource)state!).SetResult(), cancelled);
        await Task.WhenAny(running, cancelled.Task).ConfigureAwait(false);
        try
        {
            await (running.IsCompleted ? running : running.WaitAsync(StopBound, CancellationToken.None)).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            var stuck = new TimeoutException($"the command did not stop within {StopBound.TotalSeconds} s: it is in a call that can't be interrupted", exception);
            journal.Hear(new BlockRecord(source.Description, BlockChannel.Error, new ErrorRecord(stuck, "ScriptBlockStuck", ErrorCategory.OperationStopped, source.Description)));
            throw stuck;
        }
    }

    // Opening a runspace takes a while, and a block may block: neither is for the threads that carry bytes.
    private static Task<T> Start<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(
            () =>
            {
                try
                {
                    done.SetResult(work());
                }
                catch (Exception exception)
                {
                    // Whoever waits for the work is told.
                    done.SetException(exception);
                }
            },
            StackBytes)
        {
            IsBackground = true,
            Name = "PnetPS command",
        };
        thread.Start();
        return done.Task;
    }

    private static void Drop(Task<PreparedBlock> spare) => _ = spare.ContinueWith(
        static ended =>
        {
            if (ended.IsCompletedSuccessfully)
                ended.Result.Dispose();
            else
                _ = ended.Exception;
        },
        TaskScheduler.Default);
}
