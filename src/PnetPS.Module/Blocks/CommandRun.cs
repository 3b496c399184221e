using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Pnet.Services.Commands;

namespace PnetPS.Blocks;

/// <summary>One call of a script block that is a command.</summary>
internal sealed class CommandRun : IBlockListener, IDisposable
{
    /// <summary>The variable that holds the id of the node that calls.</summary>
    public const string CallerVariable = "R2Caller";

    private readonly PreparedBlock _prepared;
    private readonly BlockSource _source;
    private readonly BlockVoice _voice;
    private readonly CommandOutput _output;
    private readonly CancellationToken _cancelled;
    private readonly PowerShell _shell = PowerShell.Create();
    private Exception? _failure;

    public CommandRun(PreparedBlock prepared, BlockSource source, IBlockListener journal, CommandOutput output, CancellationToken cancelled)
    {
        _prepared = prepared;
        _source = source;
        _voice = new BlockVoice(source.Description, [journal, source.Caller, this]);
        _output = output;
        _cancelled = cancelled;
    }

    /// <summary>Runs the block; on a thread of its own.</summary>
    /// <exception cref="CommandException">It failed.</exception>
    public bool Run(CommandCall call)
    {
        Runspace.DefaultRunspace = _prepared.Runspace;
        _prepared.Runspace.SessionStateProxy.SetVariable(CallerVariable, call.Caller.ToString());
        _shell.Runspace = _prepared.Runspace;
        _shell.AddScript("param($R2Block, $R2Arguments, $R2Parameters) & $R2Block @R2Arguments @R2Parameters")
            .AddParameter("R2Block", _prepared.Block)
            .AddParameter("R2Arguments", call.Arguments.Select(JsonValues.FromJson).ToArray())
            .AddParameter("R2Parameters", new Hashtable(call.Parameters.ToDictionary(one => one.Key, one => JsonValues.FromJson(one.Value)), StringComparer.OrdinalIgnoreCase));
        if (_source.UsingValues.Count > 0)
            _shell.AddParameter(BlockUsing.Parameter, _source.UsingValues);
        _voice.Listen(_shell.Streams);
        using var results = new PSDataCollection<PSObject>();
        results.DataAdded += (_, _) => Write(results);
        try
        {
            _cancelled.ThrowIfCancellationRequested();
            _shell.Invoke(null, results);
        }
        catch (RuntimeException exception)
        {
            throw _failure ?? new CommandException(Describe(exception.ErrorRecord));
        }
        finally
        {
            _voice.Finish();
        }

        return _failure is null ? true : throw _failure;
    }

    /// <summary>Stops the block as Ctrl+C would; from any thread.</summary>
    public void Stop() => _shell.BeginStop(static stopped => ((PowerShell)stopped.AsyncState!).EndStop(stopped), _shell);

    /// <inheritdoc/>
    public void Hear(BlockRecord said)
    {
        if (said.Content is ErrorRecord error)
            Tell(() => _output.WriteErrorAsync(Describe(error), _cancelled));
    }

    /// <inheritdoc/>
    public void Dispose() => _shell.Dispose();

    private void Write(PSDataCollection<PSObject> results)
    {
        foreach (var result in results.ReadAll())
            Tell(() => _output.WriteAsync(JsonValues.ToJson(result), _cancelled));
    }

    /// <summary>Writes, and waits while the caller can take no more; what goes wrong ends the block.</summary>
    private void Tell(Func<ValueTask> write)
    {
        if (_failure is not null)
            return;
        try
        {
            write().AsTask().GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or PSInvalidCastException)
        {
            _failure = exception;
            Stop();
        }
    }

    private static CommandError Describe(ErrorRecord error) => new(
        error.ErrorDetails?.Message ?? error.Exception.Message,
        error.CategoryInfo.Category.ToString(),
        error.FullyQualifiedErrorId,
        error.Exception.GetType().FullName,
        error.InvocationInfo?.PositionMessage);
}
