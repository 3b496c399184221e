using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Pnet.Transports;

namespace PnetPS.Blocks;

/// <summary>One run of a script block at the end of a transport, in a runspace of its own and on the runspace's own thread.</summary>
internal sealed class BlockRun : IAsyncDisposable
{
    /// <summary>The variable that holds what arrives, for blocks that no pipeline feeds.</summary>
    public const string InputVariable = "R2Input";

    // A block that is stuck in a call PowerShell can't interrupt is left behind after this time, and said to be.
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(5);

    private readonly BlockSource _source;
    private readonly ITransport _transport;
    private readonly Action<ErrorRecord> _report;
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private PowerShell? _shell;
    private bool _failed;

    private BlockRun(BlockSource source, ITransport transport, Action<ErrorRecord> report)
    {
        _source = source;
        _transport = transport;
        _report = source.Caller + report;
    }

    /// <summary>Starts a block at one end of a transport, which it owns from now on.</summary>
    /// <param name="source">The block.</param>
    /// <param name="transport">Its end.</param>
    /// <param name="report">Is told the block's errors and warnings, on the block's thread.</param>
    public static BlockRun Start(BlockSource source, ITransport transport, Action<ErrorRecord> report)
    {
        var run = new BlockRun(source, transport, report);
        _ = Task.Run(run.RunAsync);
        return run;
    }

    /// <summary>Stops the block as Ctrl+C would and waits until its runspace is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync().ConfigureAwait(false);
        lock (_gate)
            BeginStop();
        try
        {
            await _finished.Task.WaitAsync(StopBound).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Report(new TimeoutException($"the script block {_source.Description} did not stop within {StopBound.TotalSeconds} s"), "ScriptBlockStuck");
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await RunInRunspaceAsync().ConfigureAwait(false);
        }
        catch (PipelineStoppedException)
        {
            // Stopped with its transport, or because the other end takes no more.
        }
        catch (RuntimeException exception)
        {
            _failed = true;
            _report(exception.ErrorRecord);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            _failed = true;
            Report(exception, "ScriptBlockFailed");
        }
        finally
        {
            await CloseTransportAsync().ConfigureAwait(false);
            _finished.SetResult();
        }
    }

    private async Task RunInRunspaceAsync()
    {
        using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Name = $"PnetPS {_source.Description}";
        runspace.Open();
        if (_source.Folder is not null)
            runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(_source.Folder));

        using var shell = PowerShell.Create();
        shell.Runspace = runspace;
        AddBlock(shell);
        Watch(shell.Streams);

        using var output = new PSDataCollection<PSObject>();
        var writer = new BlockOutput(_transport, _closed.Token);
        output.DataAdded += (_, _) => Write(output, writer);
        using var input = new PSDataCollection<object>();
        input.Complete();

        IAsyncResult running;
        lock (_gate)
        {
            if (_closed.IsCancellationRequested)
                return;
            running = shell.BeginInvoke(input, output);
            _shell = shell;
        }

        try
        {
            await Task.Factory.FromAsync(running, shell.EndInvoke).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                _shell = null;
        }
    }

    private void AddBlock(PowerShell shell)
    {
        const string Call = "param($R2Block, $R2Input, $R2Stream)";
        var script = (_source.Form, _source.ReadsInput) switch
        {
            (BlockForm.Stream, _) => $"{Call} & $R2Block -Stream $R2Stream",
            (_, true) => $"{Call} & $R2Block",
            _ => $"{Call} $R2Input | & $R2Block",
        };
        shell.AddScript(script)
            .AddParameter("R2Block", _source.Script)
            .AddParameter("R2Input", new BlockInput(_transport, _source.Form, _closed.Token))
            .AddParameter("R2Stream", _source.Form == BlockForm.Stream ? new R2Stream(_transport, _closed.Token) : null);

        // The engine takes the values of $using: variables under this name.
        if (_source.UsingValues.Count > 0)
            shell.AddParameter("--%", _source.UsingValues);
    }

    /// <summary>Takes what the block says beside its output as it comes, so that a block may run for ever.</summary>
    private void Watch(PSDataStreams streams)
    {
        On(streams.Error, _report);
        On(streams.Warning, warning => Warn(warning.Message));
        On(streams.Information, static _ => { });
        On(streams.Progress, static _ => { });
        On(streams.Verbose, static _ => { });
        On(streams.Debug, static _ => { });

        static void On<T>(PSDataCollection<T> stream, Action<T> take) =>
            stream.DataAdded += (_, _) =>
            {
                foreach (var item in stream.ReadAll())
                    take(item);
            };
    }

    private void Write(PSDataCollection<PSObject> output, BlockOutput writer)
    {
        try
        {
            foreach (var item in output.ReadAll())
                writer.Write(item);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // Nobody takes more of it: the block has nothing left to do. It can't be stopped from its own thread at once.
            lock (_gate)
                BeginStop();
        }
    }

    /// <summary>Under the lock.</summary>
    private void BeginStop() => _shell?.BeginStop(static stopped => ((PowerShell)stopped.AsyncState!).EndStop(stopped), _shell);

    private async Task CloseTransportAsync()
    {
        try
        {
            if (!_closed.IsCancellationRequested)
                await _transport.EndAsync(_failed ? 1 : 0, _closed.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The other end has gone first.
        }

        await _transport.DisposeAsync().ConfigureAwait(false);
    }

    private void Report(Exception exception, string id) =>
        _report(new ErrorRecord(exception, id, ErrorCategory.OperationStopped, _source.Description));

    private void Warn(string message) =>
        _report(new ErrorRecord(new WarningException(message), "ScriptBlockWarning", ErrorCategory.FromStdErr, _source.Description));
}
