using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace PnetPS.HostTests;

/// <summary>A session of PowerShell in this process, with the module that was built and a folder of its own.</summary>
internal sealed class HostedShell : IDisposable
{
    private readonly Runspace _runspace;

    public HostedShell()
    {
        Folder = Directory.CreateTempSubdirectory("pnet-host-").FullName;
        _runspace = RunspaceFactory.CreateRunspace(Host, InitialSessionState.CreateDefault2());
        _runspace.Open();
        Run($"Import-Module '{ModulePath}'");
        Run($"Set-Location '{Folder}'");
    }

    /// <summary>What the session asks and tells.</summary>
    public RecordingHost Host { get; } = new();

    /// <summary>The session's location.</summary>
    public string Folder { get; }

    private static string ModulePath
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PnetPS.sln")))
                folder = folder.Parent;
            return Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException("the repository"), "output", "PnetPS", "PnetPS.psd1");
        }
    }

    /// <summary>Runs a script to its end.</summary>
    /// <exception cref="RuntimeException">It failed, or reported an error.</exception>
    public Collection<PSObject> Run(string script)
    {
        using var shell = Create(script);
        var output = shell.Invoke();
        return shell.Streams.Error.Count == 0 ? output : throw new RuntimeException(shell.Streams.Error[0].ToString(), shell.Streams.Error[0].Exception);
    }

    /// <summary>A script that is yet to be run.</summary>
    public PowerShell Create(string script)
    {
        var shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        return shell;
    }

    public void Dispose()
    {
        // With the module go the nodes that this session has started, and no others.
        Run("Set-Location /; Remove-Module PnetPS");
        _runspace.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
