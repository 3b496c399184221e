using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace PnetPS.Blocks;

/// <summary>A runspace in which a script block can be run at once; on one thread.</summary>
internal sealed class PreparedBlock : IDisposable
{
    private const string Transcripts = "R2Transcripts";

    // Nothing tells afterwards of transcripts, which would have the next run in them: so those that are started are counted.
    private static readonly SessionStateFunctionEntry StartTranscript =
        new("Start-Transcript", $"$global:{Transcripts}++; Microsoft.PowerShell.Host\\Start-Transcript @args");

    private readonly RunspaceBaseline? _baseline;
    private bool _spoilt;

    private PreparedBlock(Runspace runspace, ScriptBlock block, RunspaceBaseline? baseline) => (Runspace, Block, _baseline) = (runspace, block, baseline);

    public Runspace Runspace { get; }

    public ScriptBlock Block { get; }

    /// <summary>Opens it; on a thread with room for the engine.</summary>
    /// <exception cref="Pnet.PnetException">What the block uses can't be found.</exception>
    public static PreparedBlock Open(BlockSource source)
    {
        // The cmdlets that nearly every block uses are there from the start: loading their modules would take twice as long
        // as all the rest.
        var state = InitialSessionState.CreateDefault();
        state.Commands.Add(CommandRun.Function);
        state.Commands.Add(StartTranscript);
        var runspace = RunspaceFactory.CreateRunspace(state);
        try
        {
            runspace.Name = $"PnetPS {source.Description}";
            runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
            runspace.Open();
            Runspace.DefaultRunspace = runspace;
            source.Preferences.Set(runspace);
            runspace.SessionStateProxy.SetVariable(CommandRun.CallerVariable, "");
            if (source.Folder is not null)
                runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(source.Folder));
            var ast = source.Text.Parse();
            return new PreparedBlock(runspace, ast.GetScriptBlock(), LeavesUnseen(ast) ? null : new RunspaceBaseline(runspace));
        }
        catch
        {
            runspace.Dispose();
            throw;
        }
    }

    /// <summary>Has it never be run again: nobody knows what a block that was stopped has left.</summary>
    public void Spoil() => Volatile.Write(ref _spoilt, true);

    /// <summary>Makes it as it was before the last run.</summary>
    /// <returns>Whether that could be done.</returns>
    public bool TryRestore() => !Volatile.Read(ref _spoilt) && _baseline is not null && TryStopTranscripts() && _baseline.TryRestore();

    public void Dispose()
    {
        _baseline?.Dispose();
        try
        {
            TryStopTranscripts();
            Runspace.Dispose();
        }
        catch (Exception exception) when (exception is InvalidRunspaceStateException or InvalidOperationException)
        {
            // The block has begun to close it; that goes on without this.
        }
    }

    private bool TryStopTranscripts()
    {
        try
        {
            if (!LanguagePrimitives.TryConvertTo<int>(Runspace.SessionStateProxy.GetVariable(Transcripts), out var started))
                return false;
            using var shell = PowerShell.Create();
            shell.Runspace = Runspace;
            for (; started > 0; started--)
                shell.AddStatement().AddCommand("Microsoft.PowerShell.Host\\Stop-Transcript");
            if (shell.Commands.Commands.Count > 0)
                shell.Invoke();
            return true;
        }
        catch (Exception exception) when (exception is RuntimeException or InvalidRunspaceStateException or InvalidOperationException)
        {
            // The block has stopped one itself, or closed the runspace: it is not used again.
            return false;
        }
    }

    // The classes of a block are the same ones in each run, and so is what they keep; and no list has the stacks of locations that have names.
    private static bool LeavesUnseen(ScriptBlockAst ast) => ast.Find(node => node is PropertyMemberAst { IsStatic: true } || IsStackName(node), searchNestedScriptBlocks: true) is not null;

    private static bool IsStackName(Ast node) => node is CommandParameterAst { ParameterName: var name } && name.StartsWith("st", StringComparison.OrdinalIgnoreCase) && "StackName".StartsWith(name, StringComparison.OrdinalIgnoreCase);
}
