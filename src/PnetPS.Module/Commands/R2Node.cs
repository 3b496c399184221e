using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Pnet;
using Pnet.Control;
using PnetPS.Arguments;
using PnetPS.Hosting;

namespace PnetPS.Commands;

/// <summary>Starts a node in this process, in the background.</summary>
[Cmdlet(VerbsLifecycle.Start, "R2Node", SupportsShouldProcess = true)]
[OutputType(typeof(R2Node))]
public sealed class StartR2NodeCommand : R2Cmdlet
{
    /// <summary>The name the node gives itself.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The file with its key, made if it isn't there; without it the node has a new key that is kept nowhere.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>The file with the network's key; the node then takes only links of nodes that have it as well.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? NetworkKeyPath { get; set; }

    /// <summary>The manager socket to open, for <c>r2</c> and for cmdlets of other processes; without it there is none.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? SocketPath { get; set; }

    /// <summary>Endpoints to accept links at, such as <c>tcp://0.0.0.0:47210</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Listen { get; set; } = [];

    /// <summary>Nodes that may use its services: nodes, peers, ids or names, or <c>*</c> for any.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public IdentityArgument[] Allow { get; set; } = [];

    /// <summary>Doesn't route between other nodes.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter NoRelay { get; set; }

    /// <summary>Takes messages that are objects, as <c>Send-R2Message</c> sends what is no text; they come as property bags.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter AcceptObject { get; set; }

    /// <summary>What each tunnel to the node gets: a command line that is started, or a script block that is run.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public object? TunnelProcess { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    /// <inheritdoc/>
    protected override void Process()
    {
        if (!ShouldProcess(Name ?? "a node without a name", "Start node"))
            return;

        var tunnelProcess = TunnelProcess is PSObject wrapped ? wrapped.BaseObject : TunnelProcess;
        var block = tunnelProcess is ScriptBlock script ? TakeBlock(script) : null;
        var settings = new NodeSettings
        {
            Name = Name,
            KeyPath = KeyPath is null ? null : FullPath(KeyPath),
            NetworkKeyPath = NetworkKeyPath is null ? null : FullPath(NetworkKeyPath),
            SocketPath = SocketPath is null ? null : FullPath(SocketPath),
            Listen = Listen,
            Allow = Array.ConvertAll(Allow, allowed => allowed.ToAllowed()),
            Relay = !NoRelay,
            AcceptObjects = AcceptObject,
            TunnelProcess = block is null ? tunnelProcess?.ToString() : null,
        };
        var session = Runspace.DefaultRunspace;
        var node = Await(stopping => ModuleState.Nodes.StartAsync(settings, session, stopping), $"Starting node {Name}");
        try
        {
            if (block is not null)
                Await(stopping => node.Control.AddServiceAsync(new ServiceRequest { Transport = node.Blocks!.Add(block) }, stopping));
            Await(node.RefreshAsync);
        }
        catch
        {
            Await(_ => ModuleState.Nodes.RemoveAsync(node));
            throw;
        }

        WriteObject(node);
    }
}

/// <summary>Stops nodes of this process, or a daemon.</summary>
[Cmdlet(VerbsLifecycle.Stop, "R2Node", SupportsShouldProcess = true)]
public sealed class StopR2NodeCommand : R2NodeCmdlet
{
    /// <summary>The node to stop: an object, or the name or id of a node of this process.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public override NodeArgument? Node { get; set; }

    /// <summary>Stops a daemon that was not named by its socket without asking.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (Node is null && SocketPath is null)
            throw new PnetException(PnetError.Usage, "no node was named", "Name one with -Node, pipe one from Get-R2Node, or name a daemon's socket with -SocketPath.");

        var node = ResolveNode();
        if (node.State == R2NodeState.Stopped || !ShouldProcess(node.ToString(), node.InProcess ? "Stop node" : "Stop daemon"))
            return;

        // Get-R2Node shows the default daemon where no node runs in the process: it is more than a session's own.
        if (!node.InProcess && node.Lab is null && SocketPath is null && !Force && !ShouldContinue($"Stop the daemon {node} at {node.SocketPath}?", "Stop daemon"))
            return;
        if (!node.InProcess)
            Ask(node, (control, stopping) => control.StopAsync(stopping), $"Stopping {node}");
        Await(_ => ModuleState.Nodes.RemoveAsync(node), $"Stopping {node}");
    }
}

/// <summary>Gets the nodes of this process, or a daemon.</summary>
[Cmdlet(VerbsCommon.Get, "R2Node")]
[OutputType(typeof(R2Node))]
public sealed class GetR2NodeCommand : R2Cmdlet
{
    /// <summary>Names, with wildcards, or ids; without it, all nodes of this process, or else the daemon at the default socket.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The manager socket of a daemon to get.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SocketPathCompleter))]
    public string? SocketPath { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => SocketPath;

    /// <inheritdoc/>
    protected override void Process()
    {
        if (SocketPath is not null)
            WriteObject(ResolveDaemon(SocketPath));
        else if (Name.Length == 0)
            WriteAll();
        foreach (var name in Name)
            Try(() => WriteNamed(name), name);
    }

    private void WriteAll()
    {
        var nodes = ModuleState.Nodes.All;
        foreach (var node in nodes)
            Write(node);
        if (nodes.Count == 0 && File.Exists(NodeSource.DefaultSocketPath))
            WriteObject(ResolveDaemon(NodeSource.DefaultSocketPath));
    }

    private void WriteNamed(string name)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(name))
        {
            Write(ModuleState.Nodes.Find(name));
            return;
        }

        var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
        foreach (var node in ModuleState.Nodes.All.Where(node => pattern.IsMatch(node.Name ?? "") || pattern.IsMatch(node.FullName)))
            Write(node);
    }

    private void Write(R2Node node)
    {
        Await(node.RefreshAsync);
        WriteObject(node);
    }
}
