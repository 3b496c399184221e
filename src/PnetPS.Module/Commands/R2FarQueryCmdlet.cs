using System.Management.Automation;
using Pnet.Addressing;
using Pnet.Control;
using PnetPS.Arguments;

namespace PnetPS.Commands;

/// <summary>What the cmdlets share that ask a node, or a far one through it, what it has.</summary>
public abstract class R2FarQueryCmdlet : R2PipedNodeCmdlet
{
    /// <summary>A far node that is asked, as a path from the node: <c>bob/carol</c>. It shows what the node may see.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(PeerCompleter))]
    public AddressArgument? Target { get; set; }

    /// <summary>A peer that is asked, as <c>Get-R2Peer</c> gives it.</summary>
    [Parameter(ValueFromPipeline = true)]
    public R2Peer? Peer { get; set; }

    /// <inheritdoc/>
    protected sealed override void Process()
    {
        // A peer is asked through the node that has it.
        var node = Peer?.Node ?? ResolveNode();
        var target = (Peer is null ? Target : new AddressArgument(Peer))?.ToPath(node) ?? AddressPath.Self;
        Query(node, target, target.Depth == 0 ? node.ToString() : target.ToString());
    }

    /// <summary>Asks, and writes the answer.</summary>
    /// <param name="node">The node to ask, or to ask through.</param>
    /// <param name="target">The way from it to whom is asked.</param>
    /// <param name="asked">What to call whom is asked.</param>
    private protected abstract void Query(R2Node node, AddressPath target, string asked);

    /// <summary>The view of whom is asked.</summary>
    private protected static INodeControl View(INodeControl control, AddressPath target) => target.Depth == 0 ? control : control.At(target);
}
