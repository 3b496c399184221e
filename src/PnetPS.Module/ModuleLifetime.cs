using System.Management.Automation;
using System.Management.Automation.Runspaces;
using PnetPS.Hosting;

namespace PnetPS;

/// <summary>What PowerShell calls when the module comes and goes.</summary>
public sealed class ModuleLifetime : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly TimeSpan ExitBound = TimeSpan.FromSeconds(5);
    private static int _watched;

    /// <summary>Sees to it that the nodes end in order with the process, whose <c>exit</c> removes no modules.</summary>
    public void OnImport()
    {
        if (Interlocked.Exchange(ref _watched, 1) == 0)
            AppDomain.CurrentDomain.ProcessExit += static (_, _) => Close(null);
    }

    /// <summary>Stops the nodes that were started from this session.</summary>
    /// <param name="psModuleInfo">The module.</param>
    public void OnRemove(PSModuleInfo psModuleInfo) => Close(Runspace.DefaultRunspace);

    private static void Close(Runspace? session) =>
        Task.Run(() => ModuleState.Nodes.CloseSessionAsync(session)).Wait(ExitBound);
}
