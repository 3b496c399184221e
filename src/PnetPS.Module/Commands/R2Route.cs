using System.Management.Automation;
using Pnet.Addressing;
using PnetPS.Arguments;

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
