using System.Management.Automation;
using Pnet;
using Pnet.Addressing;
using Pnet.Control;

namespace PnetPS.Commands;

/// <summary>What the cmdlets share that have a node offer something no longer.</summary>
public abstract class R2WithdrawCmdlet : R2NodeCmdlet
{
    /// <summary>Their names.</summary>
    public abstract string[] Name { get; set; }

    /// <summary>The far node that offers it, of what was listed there: it can't be changed from here.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    public string? Target { get; set; }

    /// <summary>What they are, in a word.</summary>
    private protected abstract string Kind { get; }

    /// <inheritdoc/>
    protected sealed override void Process()
    {
        var node = ResolveNode();
        if (!string.IsNullOrEmpty(Target) && Target != AddressPath.Self.ToString())
            throw new PnetException(PnetError.Refused, $"the {Kind} {string.Join(", ", Name)} is one of {Target}, which is far", "Unregister it at that node.");
        foreach (var name in Name)
        {
            if (ShouldProcess($"{name} at {node}", $"Unregister {Kind}"))
                Try(() => Ask(node, (control, stopping) => RemoveAsync(node, control, name, stopping), $"Unregistering {name}"), name);
        }
    }

    /// <summary>Has the node offer one of them no longer.</summary>
    private protected abstract Task RemoveAsync(R2Node node, INodeControl control, string name, CancellationToken cancellationToken);
}
