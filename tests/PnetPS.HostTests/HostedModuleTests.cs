using System.Management.Automation;
using System.Runtime.Loader;

namespace PnetPS.HostTests;

/// <summary>The module in a program that hosts PowerShell: what pwsh, and so Pester, can't show.</summary>
public sealed class HostedModuleTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    private readonly HostedShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void A_program_links_nodes_and_reads_what_comes_through_a_tunnel()
    {
        var output = _shell.Run("""
            $bob = Start-R2Node bob -Listen "unix://$PWD/bob.link" -TunnelProcess { process { "bob heard: $_" } } -Allow *
            $alice = Start-R2Node alice
            $null = Connect-R2Node "unix://$PWD/bob.link" -NodeId $bob -Node alice
            New-R2Tunnel bob -AsStream -Node alice
            """);

        using var stream = Assert.IsType<Stream>(Assert.Single(output).BaseObject, exactMatch: false);
        using var writer = new StreamWriter(stream, leaveOpen: true);
        using var reader = new StreamReader(stream, leaveOpen: true);
        writer.WriteLine("hello");
        writer.Flush();
        Assert.Equal("bob heard: hello", reader.ReadLine());
    }

    [Fact]
    public void A_program_reads_the_properties_of_what_cmdlets_return()
    {
        dynamic node = _shell.Run("Start-R2Node alice")[0].BaseObject;

        Assert.Equal("alice", (string)node.Name);
        Assert.Equal("alice", (string)node.ToString());
        Assert.InRange(((string)node.Id).Length, 43, 44);
    }

    [Fact]
    public void A_program_keeps_its_own_versions_of_libraries()
    {
        _shell.Run("Get-R2Node");

        var shared = AssemblyLoadContext.Default.Assemblies.Select(assembly => assembly.GetName().Name).ToList();
        Assert.Contains("PnetPS", shared);
        Assert.DoesNotContain("Pnet", shared);
        Assert.DoesNotContain("PnetPS.Module", shared);
        Assert.DoesNotContain("SimpleBase", shared);
    }

    [Fact]
    public async Task A_program_stops_a_cmdlet_that_goes_on_for_ever()
    {
        _shell.Run("$null = Start-R2Node alice -Listen \"unix://$PWD/alice.link\"; $null = Start-R2Node bob; $null = Connect-R2Node \"unix://$PWD/alice.link\" -Node bob");
        using var shell = _shell.Create("Test-R2Peer alice -Node bob -Continuous -Interval 1h");
        using var output = new PSDataCollection<PSObject>();
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        output.DataAdded += (_, _) => came.TrySetResult();

        var running = shell.BeginInvoke<PSObject, PSObject>(null, output);
        await came.Task.WaitAsync(Bound);
        await Task.Run(shell.Stop).WaitAsync(Bound);

        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Single(output);
    }

    [Fact]
    public void A_host_that_says_no_keeps_the_daemon()
    {
        _shell.Run("$null = Start-R2Node dora -SocketPath dora.sock");
        _shell.Host.Answer = 1;

        _shell.Run("Get-R2Node -SocketPath dora.sock | Stop-R2Node");

        Assert.Contains("dora", Assert.Single(_shell.Host.Questions), StringComparison.Ordinal);
        Assert.Single(_shell.Run("Get-R2Node"));
    }

    [Fact]
    public void A_host_that_says_yes_stops_the_daemon()
    {
        _shell.Run("$dora = Start-R2Node dora -SocketPath dora.sock");
        _shell.Host.Answer = 0;

        _shell.Run("Get-R2Node -SocketPath dora.sock | Stop-R2Node");

        Assert.Single(_shell.Host.Questions);
        _shell.Run("$dora | Wait-R2Node -State Stopped");
        Assert.Empty(_shell.Run("Get-R2Node"));
    }

    [Fact]
    public void A_host_is_told_of_a_wait_that_takes_more_than_a_second()
    {
        using var shell = _shell.Create("$null = Start-R2Node alice; Wait-R2Peer -Node alice -Timeout 1500ms");

        shell.Invoke();

        Assert.StartsWith("TimedOut", Assert.Single(shell.Streams.Error).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(_shell.Host.Activities, activity => activity.Contains("alice", StringComparison.Ordinal));
    }

    [Fact]
    public void A_host_is_told_what_would_be_done()
    {
        _shell.Run("Start-R2Node alice -WhatIf");

        Assert.Contains(_shell.Host.Lines, line => line.Contains("Start node", StringComparison.Ordinal) && line.Contains("alice", StringComparison.Ordinal));
        Assert.Empty(_shell.Run("Get-R2Node"));
    }

    [Fact]
    public void A_second_session_sees_the_nodes_of_the_first_and_leaves_them_running()
    {
        _shell.Run("$null = Start-R2Node alice");
        using (var other = new HostedShell())
        {
            other.Run("$null = Start-R2Node bob");
            Assert.Equal(2, other.Run("Get-R2Node").Count);
        }

        Assert.Equal("alice", Assert.Single(_shell.Run("(Get-R2Node).Name")).BaseObject);
    }
}
