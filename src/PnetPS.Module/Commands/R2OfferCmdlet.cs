using System.Management.Automation;
using PnetPS.Arguments;

namespace PnetPS.Commands;

/// <summary>What the cmdlets share that have a node offer something to others.</summary>
public abstract class R2OfferCmdlet : R2NodeCmdlet
{
    /// <summary>Who may use it beside the nodes that are known: nodes, peers, ids or names, or <c>*</c> for any.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public IdentityArgument[] Allow { get; set; } = [];

    /// <summary>Those who may use it, as the node takes them.</summary>
    private protected string[] Allowed => Array.ConvertAll(Allow, allowed => allowed.ToAllowed());
}
