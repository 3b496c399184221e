using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace PnetPS.Blocks;

/// <summary>A runspace in which a script block can be run at once.</summary>
internal sealed class PreparedBlock : IDisposable
{
    private PreparedBlock(Runspace runspace, ScriptBlock block) => (Runspace, Block) = (runspace, block);

    public Runspace Runspace { get; }

    public ScriptBlock Block { get; }

    /// <summary>Opens it; on a thread with room for the engine.</summary>
    public static PreparedBlock Open(BlockSource source)
    {
        var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault());
        try
        {
            runspace.Name = $"PnetPS {source.Description}";
            runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
            runspace.Open();
            Runspace.DefaultRunspace = runspace;
            source.Preferences.Set(runspace);
            if (source.Folder is not null)
                runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(source.Folder));
            return new PreparedBlock(runspace, source.Text.Parse().GetScriptBlock());
        }
        catch
        {
            runspace.Dispose();
            throw;
        }
    }

    public void Dispose() => Runspace.Dispose();
}
