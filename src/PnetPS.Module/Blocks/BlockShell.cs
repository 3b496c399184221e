using System.Management.Automation;

namespace PnetPS.Blocks;

/// <summary>The one shell of a run of a script block, which can be stopped at any time and from any thread.</summary>
internal sealed class BlockShell
{
    private readonly Lock _gate = new();
    private PreparedBlock? _prepared;
    private PowerShell? _shell;

    /// <summary>Runs it, on the thread of its runspace.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled before it began.</exception>
    /// <exception cref="RuntimeException">The block threw, or was stopped.</exception>
    public void Invoke(PreparedBlock prepared, PowerShell shell, PSDataCollection<PSObject> output, CancellationToken cancelled)
    {
        lock (_gate)
        {
            cancelled.ThrowIfCancellationRequested();
            shell.Runspace = prepared.Runspace;
            (_prepared, _shell) = (prepared, shell);
        }

        try
        {
            shell.Invoke(null, output);
        }
        finally
        {
            lock (_gate)
                (_prepared, _shell) = (null, null);
        }
    }

    /// <summary>Stops the block as Ctrl+C would, where it runs. On its own thread it does so once that is left.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _prepared?.Spoil();
            _shell?.BeginStop(static stopped => ((PowerShell)stopped.AsyncState!).EndStop(stopped), _shell);
        }
    }
}
