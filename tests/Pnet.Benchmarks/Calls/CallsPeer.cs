using System.Diagnostics;
using Pnet.Addressing;
using Pnet.Benchmarks.Throughput;

namespace Pnet.Benchmarks.Calls;

/// <summary>A <see cref="CallsNode"/> that was started.</summary>
internal sealed class CallsPeer : IDisposable
{
    private readonly Process _process;

    private CallsPeer(Process process, string[] words) =>
        (_process, Id, Port, HttpPort) = (process, NodeId.Parse(words[0]), words[1], words[2]);

    /// <summary>The node.</summary>
    public NodeId Id { get; }

    /// <summary>Where it listens.</summary>
    public string Port { get; }

    /// <summary>Where the server beside it listens.</summary>
    public string HttpPort { get; }

    /// <summary>Its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Its address.</summary>
    public string Endpoint => $"tcp://127.0.0.1:{Port}";

    /// <summary>Starts it.</summary>
    /// <param name="allow">The node that may use it.</param>
    /// <param name="peer">The one it links to.</param>
    public static CallsPeer Start(NodeId allow, CallsPeer? peer = null)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [CallsNode.Command, allow.ToString(), .. peer is null ? [] : (string[])[peer.Id.ToString(), peer.Port]]);
        // As r2d sets it: sockets' continuations run where they are polled.
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        return Start(start);
    }

    /// <summary>Starts a node in a PowerShell, whose command is a script block; it has no server beside it.</summary>
    /// <param name="allow">The node that may use it.</param>
    /// <param name="module">The module's folder.</param>
    public static CallsPeer StartPowerShell(NodeId allow, string module)
    {
        int port = Scratch.FreePort();
        string script = $$"""
            $ErrorActionPreference = 'Stop'
            Import-Module '{{module.Replace("'", "''", StringComparison.Ordinal)}}'
            $node = Start-R2Node bench -Listen tcp://127.0.0.1:{{port}} -Allow {{allow}}
            $null = Register-R2Command {{CallsNode.Add.Name}} { param($a, $b) $a + $b }
            [Console]::WriteLine("$($node.Id) {{port}} none")
            $null = [Console]::In.ReadLine()
            """;
        return Start(new ProcessStartInfo("pwsh", ["-NoProfile", "-NonInteractive", "-Command", script]));
    }

    private static CallsPeer Start(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        var process = Process.Start(start) ?? throw new IOException("the node did not start");
        return process.StandardOutput.ReadLine() is { } line ? new CallsPeer(process, line.Split(' ')) : throw new IOException("the node did not start");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
