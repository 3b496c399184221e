using System.Management.Automation;
using Pnet;
using Pnet.Transports;

namespace PnetPS.Blocks;

/// <summary>One run of a script block at the end of a transport, in a runspace and on a thread that it has to itself meanwhile.</summary>
internal sealed class BlockRun : IAsyncDisposable
{
    /// <summary>The variable that holds what arrives, for blocks that no pipeline feeds.</summary>
    public const string InputVariable = "R2Input";

    // A block that is stuck in a call PowerShell can't interrupt is left behind after this time, and said to be.
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(5);

    private readonly BlockSource _source;
    private readonly ITransport _transport;
    private readonly BlockVoice _voice;
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BlockShell _shell = new();
    private bool _failed;

    private BlockRun(BlockSource source, ITransport transport, IBlockListener journal)
    {
        _source = source;
        _transport = transport;
        _voice = new BlockVoice(source.Description, [journal, source.Caller]);
    }

    /// <summary>Completes when the block has ended and let its runspace go.</summary>
    public Task Finished => _finished.Task;

    /// <summary>Starts a block at one end of a transport, which it owns from now on.</summary>
    /// <param name="source">The block.</param>
    /// <param name="pool">Its runspaces.</param>
    /// <param name="transport">Its end.</param>
    /// <param name="journal">Is told what the block says, beside whoever passed it.</param>
    public static BlockRun Start(BlockSource source, BlockPool pool, ITransport transport, IBlockListener journal)
    {
        var run = new BlockRun(source, transport, journal);
        _ = run.RunAsync(pool);
        return run;
    }

    /// <summary>Stops the block as Ctrl+C would and waits until it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync().ConfigureAwait(false);
        _shell.Stop();
        try
        {
            await _finished.Task.WaitAsync(StopBound).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Report(new TimeoutException($"the script block did not stop within {StopBound.TotalSeconds} s: it is in a call that can't be interrupted"), "ScriptBlockStuck");
        }
    }

    private async Task RunAsync(BlockPool pool)
    {
        try
        {
            await pool.RunAsync(Run, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is PipelineStoppedException or OperationCanceledException)
        {
            // Stopped with its transport, or because the other end takes no more.
        }
        catch (RuntimeException exception)
        {
            _failed = true;
            _voice.Say(BlockChannel.Error, exception.ErrorRecord);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or PnetException)
        {
            _failed = true;
            Report(exception, "ScriptBlockFailed");
        }
        finally
        {
            _voice.Finish();
            await CloseTransportAsync().ConfigureAwait(false);
            _finished.SetResult();
        }
    }

    private void Run(PreparedBlock prepared)
    {
        using var shell = PowerShell.Create();
        AddBlock(shell, prepared.Block);
        _voice.Listen(shell.Streams);
        using var output = new PSDataCollection<PSObject>();
        var writer = new BlockOutput(_transport, _closed.Token);
        output.DataAdded += (_, _) => Write(output, writer);
        _shell.Invoke(prepared, shell, output, _closed.Token);
    }

    private void AddBlock(PowerShell shell, ScriptBlock block)
    {
        const string Call = "param($R2Block, $R2Input, $R2Stream)";
        var script = (_source.Form, _source.ReadsInput) switch
        {
            (BlockForm.Stream, _) => $"{Call} & $R2Block -Stream $R2Stream",
            (_, true) => $"{Call} & $R2Block",
            _ => $"{Call} $R2Input | & $R2Block",
        };
        shell.AddScript(script)
            .AddParameter("R2Block", block)
            .AddParameter("R2Input", new BlockInput(_transport, _source.Form, _closed.Token))
            .AddParameter("R2Stream", _source.Form == BlockForm.Stream ? new R2Stream(_transport, _closed.Token) : null);
        if (_source.UsingValues.Count > 0)
            shell.AddParameter(BlockUsing.Parameter, _source.UsingValues);
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
            // Nobody takes more of it: the block has nothing left to do.
            _shell.Stop();
        }
    }

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
        _voice.Say(BlockChannel.Error, new ErrorRecord(exception, id, ErrorCategory.OperationStopped, _source.Description));
}
