using System.Management.Automation;
using PnetPS.Arguments;

namespace PnetPS.Commands;

/// <summary>What the cmdlets share that ask each node that is piped to them.</summary>
public abstract class R2PipedNodeCmdlet : R2NodeCmdlet
{
    /// <summary>The node to ask: an object, or the name or id of a node of this process.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public override NodeArgument? Node { get; set; }
}
