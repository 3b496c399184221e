using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Text.Json;
using Pnet.Services.Commands;

namespace PnetPS.Blocks;

/// <summary>One call of a script block that is a command.</summary>
internal sealed class CommandRun : IBlockListener
{
    /// <summary>The variable that holds the id of the node that calls.</summary>
    public const string CallerVariable = "R2Caller";

    /// <summary>A function that runs the block: a script would be compiled for each call. A block that reads its input finds none.</summary>
    public static readonly SessionStateFunctionEntry Function =
        new("Invoke-R2Block", $"param($R2Block, $R2Arguments, $R2Parameters) ${BlockRun.InputVariable} = @(); & $R2Block @R2Arguments @R2Parameters");

    private readonly BlockSource _source;
    private readonly BlockVoice _voice;
    private readonly CommandOutput _output;
    private readonly CancellationToken _cancelled;
    private readonly BlockShell _shell = new();
    private Exception? _failure;

    public CommandRun(BlockSource source, IBlockListener journal, CommandOutput output, CancellationToken cancelled)
    {
        _source = source;
        _voice = new BlockVoice(source.Description, [journal, source.Caller, this]);
        _output = output;
        _cancelled = cancelled;
    }

    /// <summary>Runs the block; on the thread of its runspace.</summary>
    /// <exception cref="CommandException">It failed.</exception>
    public void Run(PreparedBlock prepared, CommandCall call)
    {
        prepared.Runspace.SessionStateProxy.SetVariable(CallerVariable, call.Caller.ToString());
        var declared = ((ScriptBlockAst)prepared.Block.Ast).ParamBlock?.Parameters ?? (IReadOnlyList<ParameterAst>)[];
        using var shell = PowerShell.Create();
        shell.AddCommand(Function.Name)
            .AddParameter("R2Block", prepared.Block)
            .AddParameter("R2Arguments", call.Arguments.Select((value, i) => Read(value, declared.ElementAtOrDefault(i))).ToArray())
            .AddParameter("R2Parameters", new Hashtable(call.Parameters.ToDictionary(one => one.Key, one => Read(one.Value, declared.FirstOrDefault(parameter => IsNamed(parameter, one.Key)))), StringComparer.OrdinalIgnoreCase));
        if (_source.UsingValues.Count > 0)
            shell.AddParameter(BlockUsing.Parameter, _source.UsingValues);
        _voice.Listen(shell.Streams);
        using var results = new PSDataCollection<PSObject>();
        results.DataAdded += (_, _) => Write(results);
        try
        {
            _shell.Invoke(prepared, shell, results, _cancelled);
        }
        catch (RuntimeException exception)
        {
            throw _failure ?? new CommandException(Describe(exception.ErrorRecord));
        }
        finally
        {
            _voice.Finish();
        }

        if (_failure is not null)
            throw _failure;
    }

    /// <summary>Stops the block as Ctrl+C would; from any thread.</summary>
    public void Stop() => _shell.Stop();

    /// <inheritdoc/>
    public void Hear(BlockRecord said)
    {
        if (said.Content is ErrorRecord error)
            Tell(() => _output.WriteErrorAsync(Describe(error), _cancelled));
    }

    // Bytes are Base64 in JSON: where they are wanted as bytes they are bytes again.
    private static object? Read(JsonElement value, ParameterAst? parameter) =>
        parameter?.StaticType == typeof(byte[]) && value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var bytes) ? bytes : JsonValues.FromJson(value);

    private static bool IsNamed(ParameterAst parameter, string name) => parameter.Name.VariablePath.UserPath.Equals(name, StringComparison.OrdinalIgnoreCase);

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
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException or PSInvalidCastException)
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
