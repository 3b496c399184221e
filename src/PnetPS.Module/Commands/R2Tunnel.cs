using System.Management.Automation;
using Pnet;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Transports;
using PnetPS.Arguments;
using PnetPS.Hosting;

namespace PnetPS.Commands;

/// <summary>Opens a tunnel to a service of another node and joins it to a program, a script block, a stream, or a listener.</summary>
[Cmdlet(VerbsCommon.New, "R2Tunnel", SupportsShouldProcess = true, DefaultParameterSetName = "Transport")]
[OutputType(typeof(R2Tunnel), ParameterSetName = ["Transport", "Listen", "Reverse"])]
[OutputType(typeof(R2Stream), ParameterSetName = ["Stream"])]
public sealed class NewR2TunnelCommand : R2NodeCmdlet
{
    /// <summary>The far service: a path such as <c>bob/carol/service:ssh</c>, a peer or a node; its tunnel process where no service is named.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PeerCompleter))]
    public AddressArgument? Address { get; set; }

    /// <summary>The near end: a command line, a URI, a script block, or a stream.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Transport", ValueFromPipelineByPropertyName = true)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Reverse", ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public object Transport { get; set; } = "";

    /// <summary>Returns the near end as a stream.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Stream")]
    public SwitchParameter AsStream { get; set; }

    /// <summary>An endpoint where the node listens, such as <c>tcp://127.0.0.1:2222</c>: each connection gets a channel of its own.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Listen", ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Listen { get; set; }

    /// <summary>Waits at a far service that listens: for each connection that comes there, the near end is opened anew.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Reverse")]
    public SwitchParameter Reverse { get; set; }

    /// <summary>The far service's name, where the address names a node only.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FarServiceCompleter))]
    public string? Service { get; set; }

    /// <summary>Returns when the tunnel has ended, with its exit status. Ctrl+C ends the tunnel.</summary>
    [Parameter(ParameterSetName = "Transport")]
    public SwitchParameter Wait { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Address?.ToString();

    private TunnelKind Kind => Listen is not null ? TunnelKind.Listening : Reverse ? TunnelKind.Reverse : TunnelKind.Joined;

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        var address = Address?.ToPath(node) ?? AddressPath.Self;
        if (Service is not null)
            address = address.WithService(Service);

        var near = AsStream ? null : NearEnd.From(Listen ?? Transport, TakeBlock);
        if (!ShouldProcess($"{address} through {node} to {near?.Description ?? "a stream"}", "Open tunnel"))
            return;

        var activity = $"Opening a tunnel to {address}";
        if (near is null)
            WriteObject(OpenStream(node, address, activity));
        else if (near.Text is { } transport)
            Join(node, new TunnelRequest(address, transport, Kind), activity);
        else if (Reverse)
            AttachReverse(node, new TunnelRequest(address, near.Description, Kind), near, activity);
        else
            Attach(node, address, near, activity);
    }

    /// <summary>The node opens both ends.</summary>
    private void Join(R2Node node, TunnelRequest request, string activity)
    {
        var tunnel = Ask(node, (control, stopping) => control.AddTunnelAsync(request, stopping), activity);
        if (Wait)
            tunnel = WaitForEnd(node, tunnel);
        WriteObject(new R2Tunnel(node, tunnel));
    }

    /// <summary>The near end is lent to the node.</summary>
    private void Attach(R2Node node, AddressPath address, NearEnd near, string activity)
    {
        var tunnel = Ask(node, (control, stopping) => near.AttachAsync(node, (transport, ct) => control.AttachTunnelAsync(address, transport, ct), stopping), activity);
        node.Keep(tunnel, tunnel.Completion);
        WriteObject(new R2Tunnel(node, Wait ? WaitForEnd(node, tunnel.Tunnel) : tunnel.Tunnel));
    }

    /// <summary>This process opens near ends for the node, for as long as the module and the connection to the node are there.</summary>
    private void AttachReverse(R2Node node, TunnelRequest request, NearEnd near, string activity)
    {
        var block = near.Opening(node) ?? throw new PnetException(
            PnetError.Usage,
            $"{near.Description} can't be the near end of a reverse tunnel: each connection opens it anew",
            "Give a command line, a URI or a script block.");
        var tunnel = Ask(node, (control, stopping) => control.AttachTunnelAsync(request, _ => Task.FromResult(block.Open()), stopping), activity);
        node.Keep(tunnel, tunnel.Completion);
        _ = tunnel.Completion.ContinueWith(_ => block.Dispose(), TaskScheduler.Default);
        WriteObject(new R2Tunnel(node, tunnel.Tunnel));
    }

    private R2Stream OpenStream(R2Node node, AddressPath address, string activity)
    {
        var (near, far) = MemoryTransport.CreatePair(description: "stream");
        var tunnel = Ask(node, (control, stopping) => control.AttachTunnelAsync(address, far, stopping), activity);
        node.Keep(tunnel, tunnel.Completion);
        return new R2Stream(near) { Tunnel = new R2Tunnel(node, tunnel.Tunnel) };
    }

    private TunnelInfo WaitForEnd(R2Node node, TunnelInfo tunnel)
    {
        try
        {
            return Ask(node, (control, stopping) => WaitForEndAsync(node, control, tunnel, stopping), $"Waiting for the tunnel to {tunnel.Address}");
        }
        catch (PipelineStoppedException)
        {
            // Whoever waits for a tunnel in the foreground means to end it with Ctrl+C.
            _ = Task.Run(() => node.Control.RemoveTunnelAsync(tunnel.Id));
            throw;
        }
    }

    private static Task<TunnelInfo> WaitForEndAsync(R2Node node, INodeControl control, TunnelInfo tunnel, CancellationToken stopping) => Watch.UntilAsync(
        node,
        async ct =>
        {
            var now = (await control.GetTunnelsAsync(ct).ConfigureAwait(false)).FirstOrDefault(one => one.Id == tunnel.Id);
            return now is { State: TunnelState.Open } ? null : now ?? tunnel with { State = TunnelState.Ended };
        },
        $"the tunnel {tunnel.Id} to {tunnel.Address} was open",
        stopping);
}

/// <summary>Gets the tunnels that were opened through a node.</summary>
[Cmdlet(VerbsCommon.Get, "R2Tunnel")]
[OutputType(typeof(R2Tunnel))]
public sealed class GetR2TunnelCommand : R2PipedNodeCmdlet
{
    /// <summary>The tunnels' numbers; without it, all.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public int[] Id { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        var tunnels = Ask(node, (control, stopping) => control.GetTunnelsAsync(stopping));
        if (Id.Length == 0)
            WriteObject(tunnels.Select(tunnel => new R2Tunnel(node, tunnel)), enumerateCollection: true);
        foreach (var id in Id)
            Try(() => WriteNumbered(node, tunnels, id), id);
    }

    private void WriteNumbered(R2Node node, IReadOnlyList<TunnelInfo> tunnels, int id) =>
        WriteObject(new R2Tunnel(
            node,
            tunnels.FirstOrDefault(tunnel => tunnel.Id == id)
                ?? throw new PnetException(PnetError.NotFound, $"node {node} has no tunnel {id}", "Get-R2Tunnel lists them all.")));
}

/// <summary>Ends tunnels.</summary>
[Cmdlet(VerbsCommon.Remove, "R2Tunnel", SupportsShouldProcess = true)]
public sealed class RemoveR2TunnelCommand : R2NodeCmdlet
{
    /// <summary>The tunnels' numbers.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public int[] Id { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        foreach (var id in Id)
        {
            if (ShouldProcess($"{id} of {node}", "Remove tunnel"))
                Try(() => Ask(node, (control, stopping) => control.RemoveTunnelAsync(id, stopping)), id);
        }
    }
}
