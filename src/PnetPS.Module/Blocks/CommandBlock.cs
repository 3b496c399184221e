using System.Management.Automation;
using Pnet.Services.Commands;

namespace PnetPS.Blocks;

/// <summary>A script block that is a command. No call finds anything in its runspace that an earlier one has left.</summary>
internal sealed class CommandBlock(BlockSource source, IBlockListener journal) : IDisposable
{
    /// <summary>Calls that run at a time; others wait.</summary>
    public const int MaxAtOnce = 16;

    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(5);

    private readonly BlockPool _pool = new(source, ahead: true, MaxAtOnce);

    /// <summary>Opens a runspace for the first call.</summary>
    public void Prepare() => _pool.Prepare();

    /// <summary>Runs one call; the handler of the command.</summary>
    public async Task RunAsync(CommandCall call, CommandOutput output, CancellationToken cancellationToken)
    {
        var run = new CommandRun(source, journal, output, cancellationToken);
        var running = _pool.RunAsync(prepared => run.Run(prepared, call), cancellationToken);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = cancellationToken.UnsafeRegister(
            _ =>
            {
                run.Stop();
                cancelled.SetResult();
            },
            null);
        await Task.WhenAny(running, cancelled.Task).ConfigureAwait(false);
        try
        {
            await (running.IsCompleted ? running : running.WaitAsync(StopBound, CancellationToken.None)).ConfigureAwait(false);
        }
        catch (TimeoutException exception) when (!running.IsCompleted)
        {
            // Its runspace and its turn are gone until the call it is in returns.
            var stuck = new TimeoutException($"the command did not stop within {StopBound.TotalSeconds} s: it is in a call that can't be interrupted", exception);
            journal.Hear(new BlockRecord(source.Description, BlockChannel.Error, new ErrorRecord(stuck, "ScriptBlockStuck", ErrorCategory.OperationStopped, source.Description)));
            throw stuck;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pool.Dispose();
}
