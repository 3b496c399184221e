using System.Management.Automation;
using Pnet.Addressing;
using PnetPS.Arguments;
using PnetPS.Hosting;
using PnetPS.Routes;

namespace PnetPS.Commands;

/// <summary>Finds each node of a path in turn and tells how far away it is; ends at the first that does not answer.</summary>
[Cmdlet(VerbsDiagnostic.Trace, "R2Route")]
[OutputType(typeof(R2Hop))]
public sealed class TraceR2RouteCommand : R2NodeCmdlet
{
    /// <summary>Where to: a path such as <c>bob/carol</c>, a peer, or a node.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(PeerCompleter))]
    public AddressArgument? Address { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Address?.ToString();

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        var address = Address?.ToPath(node) ?? AddressPath.Self;
        foreach (var hop in Await(stopping => node.Control.TraceAsync(address, stopping)))
            WriteObject(new R2Hop(node, hop));
    }
}

/// <summary>Looks for a way from one node to another through all that are linked, and goes it.</summary>
[Cmdlet(VerbsCommon.Find, "R2Route")]
[OutputType(typeof(R2Route))]
public sealed class FindR2RouteCommand : R2NodeCmdlet
{
    /// <summary>Where to: a node, a peer, a name or an id to look for, or a path such as <c>bob/carol</c> that is gone as it is.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(PeerCompleter))]
    public object Target { get; set; } = "";

    /// <summary>The node that the way starts from: an object, or the name or id of a node of this process.</summary>
    [Parameter]
    [ValidateNotNull]
    [Alias("From")]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public override NodeArgument? Node { get; set; }

    /// <summary>How long to look: seconds, or as in <c>500ms</c>; 10 seconds unless said otherwise.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override object? ErrorTarget => Target;

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        var target = (Target is PSObject wrapped ? wrapped.BaseObject : Target) switch
        {
            R2Node one => RouteTarget.Of(one),
            R2Peer peer => RouteTarget.Of(peer),
            R2Hop hop => RouteTarget.Of(hop.Id ?? hop.Address),
            var text => RouteTarget.Of(text.ToString() ?? ""),
        };
        WriteObject(Await(stopping => FindAsync(node, target, stopping), $"Looking for a way from {node} to {target.Text}"));
    }

    private async Task<R2Route> FindAsync(R2Node node, RouteTarget target, CancellationToken stopping)
    {
        using var bound = Watch.Bound(Timeout, stopping);
        try
        {
            return await new RouteSearch(node).FindAsync(target, bound.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new R2Route(node, target.Text, null, [], $"not found within {Timeout.TotalSeconds:0.###} s");
        }
    }
}
