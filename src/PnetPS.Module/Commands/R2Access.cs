using System.Management.Automation;
using Pnet.Control;
using PnetPS.Arguments;

namespace PnetPS.Commands;

/// <summary>Makes a node known to another one: it may use its services and list its peers.</summary>
[Cmdlet(VerbsSecurity.Grant, "R2Access", SupportsShouldProcess = true)]
[OutputType(typeof(R2Access))]
public sealed class GrantR2AccessCommand : R2NodeCmdlet
{
    /// <summary>Who is to be known: an id, the name of a node of this process, a peer, a node, or an identity.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public IdentityArgument? Id { get; set; }

    /// <summary>What it is to be called here.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public string? Name { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Id?.ToString();

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        var entry = new AccessEntry { Id = Id!.ToId(), Name = string.IsNullOrEmpty(Name) ? null : Name };
        if (ShouldProcess($"{entry.Name ?? entry.Id.ToString()} at {node}", "Grant access"))
            WriteObject(new R2Access(node, Ask(node, (control, stopping) => control.GrantAccessAsync(entry, stopping))));
    }
}

/// <summary>Gets the nodes that are known to a node.</summary>
[Cmdlet(VerbsCommon.Get, "R2Access")]
[OutputType(typeof(R2Access))]
public sealed class GetR2AccessCommand : R2PipedNodeCmdlet
{
    /// <summary>Names, with wildcards, or ids or the start of them; without it, all.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AccessCompleter))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        var entries = Ask(node, (control, stopping) => control.GetAccessAsync(stopping)).Select(entry => new R2Access(node, entry)).ToList();
        WriteNamed(entries, Name, (entry, pattern) => pattern.IsMatch(entry.Name, entry.Id), name => $"'{name}' is not known to {node}", "Grant-R2Access");
    }
}

/// <summary>Makes a node unknown to another one; links stay, tunnels opened later are refused.</summary>
[Cmdlet(VerbsSecurity.Revoke, "R2Access", SupportsShouldProcess = true)]
public sealed class RevokeR2AccessCommand : R2NodeCmdlet
{
    /// <summary>Who is to be known no longer: an id or the start of one, what it is called there, the name of a node of this process, or an object with an id.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(AccessCompleter))]
    public IdentityArgument? Id { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Id?.ToString();

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        var who = Id!.ToString();
        if (!ShouldProcess($"{who} at {node}", "Revoke access"))
            return;

        // What it is called there comes before what a node of this process is called.
        var known = Ask(node, (control, stopping) => control.GetAccessAsync(stopping));
        if (!known.Any(entry => entry.Name == who))
            who = Id.ToAllowed();
        Ask(node, (control, stopping) => control.RevokeAccessAsync(who, stopping));
    }
}
