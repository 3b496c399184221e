using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.InteropServices;
using PnetPS.Hosting;

namespace PnetPS;

/// <summary>What PowerShell calls when the module comes and goes.</summary>
public sealed class ModuleLifetime : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly TimeSpan ExitBound = TimeSpan.FromSeconds(5);
    private static readonly Lock Gate = new();
    private static List<PosixSignalRegistration>? _signals;

    /// <summary>Sees to it that the nodes end in order with the process, which removes no modules when it ends.</summary>
    public void OnImport()
    {
        lock (Gate)
        {
            if (_signals is not null)
                return;

            // A signal that ends the process passes ProcessExit by. What it does beside this is left as it is.
            _signals = [.. SignalsThatEnd().Select(signal => PosixSignalRegistration.Create(signal, static _ => Close(null)))];
            AppDomain.CurrentDomain.ProcessExit += static (_, _) => Close(null);
        }
    }

    /// <summary>Stops the nodes that were started from this session.</summary>
    /// <param name="psModuleInfo">The module.</param>
    public void OnRemove(PSModuleInfo psModuleInfo) => Close(Runspace.DefaultRunspace);

    private static PosixSignal[] SignalsThatEnd() => [PosixSignal.SIGTERM, PosixSignal.SIGHUP];

    private static void Close(Runspace? session) =>
        Task.Run(() => ModuleState.CloseSessionAsync(session)).Wait(ExitBound);
}
