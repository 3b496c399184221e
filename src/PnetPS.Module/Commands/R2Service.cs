using System.Management.Automation;
using Pnet;
using Pnet.Control;
using PnetPS.Arguments;

namespace PnetPS.Commands;

/// <summary>Has a node offer a service: a program, a connection or a script block that is started anew for each tunnel to it.</summary>
[Cmdlet(VerbsLifecycle.Register, "R2Service", SupportsShouldProcess = true)]
[OutputType(typeof(R2Service))]
public sealed class RegisterR2ServiceCommand : R2NodeCmdlet
{
    /// <summary>The service's name: 1 to 63 letters, digits, <c>.</c>, <c>_</c>, <c>-</c>.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>What each tunnel to it gets: a command line that is started, a URI that is dialled, or a script block that is run.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public object Transport { get; set; } = "";

    /// <summary>Who may use it beside the nodes that are known: nodes, peers, ids or names, or <c>*</c> for any.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public IdentityArgument[] Allow { get; set; } = [];

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        var end = NearEnd.From(Transport, TakeBlock);
        if (!ShouldProcess($"{Name} at {node}: {end.Description}", "Register service"))
            return;

        // A daemon can't run what only this process has, nor can a stream be opened a second time.
        var block = end.Text is null ? end.Register(node) : null;
        var request = new ServiceRequest
        {
            Name = Name,
            Transport = end.Text ?? block ?? throw new PnetException(
                PnetError.Usage,
                $"{end.Description} can't serve {node}: each tunnel to a service opens its transport anew",
                node.InProcess ? "Give a command line, a URI or a script block." : "Give a command line or a URI; a script block can serve a node of this process."),
            Allow = Array.ConvertAll(Allow, allowed => allowed.ToAllowed()),
        };
        try
        {
            WriteObject(new R2Service(node, Ask(node, (control, stopping) => control.AddServiceAsync(request, stopping), $"Registering {Name}")));
        }
        catch when (block is not null)
        {
            node.Blocks!.Remove(block);
            throw;
        }
    }
}

/// <summary>Gets the services that a node offers.</summary>
[Cmdlet(VerbsCommon.Get, "R2Service")]
[OutputType(typeof(R2Service))]
public sealed class GetR2ServiceCommand : R2NodeCmdlet
{
    /// <summary>Names, with wildcards; without it, all.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The node to ask: an object, or the name or id of a node of this process.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public override NodeArgument? Node { get; set; }

    /// <summary>A far node whose services are wanted, as a path from the node that is asked: <c>bob/carol</c>. It shows those that the node may use.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(PeerCompleter))]
    public AddressArgument? Target { get; set; }

    /// <summary>A peer whose services are wanted, as <c>Get-R2Peer</c> gives it.</summary>
    [Parameter(ValueFromPipeline = true)]
    public R2Peer? Peer { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var (node, target) = ResolveTarget(Peer, Target);
        var services = Ask(
            node,
            (control, stopping) => (target.Depth == 0 ? control : control.At(target)).GetServicesAsync(stopping),
            $"Asking {Describe(node, target)} for its services");
        var found = services.Select(service => new R2Service(node, service, target)).ToList();
        WriteNamed(found, Name, (service, pattern) => pattern.IsMatch(service.Name), name => $"{Describe(node, target)} offers no service '{name}'", "Register-R2Service");
    }
}

/// <summary>Has a node offer services no longer; tunnels that are open stay.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "R2Service", SupportsShouldProcess = true)]
public sealed class UnregisterR2ServiceCommand : R2NodeCmdlet
{
    /// <summary>The services' names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The far node that offers it, of a service that was listed there: it can't be changed from here.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, DontShow = true)]
    public string? Target { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        if (!string.IsNullOrEmpty(Target))
            throw new PnetException(PnetError.Refused, $"the service {string.Join(", ", Name)} is one of {Target}, which is far", "Unregister it at that node.");
        foreach (var name in Name)
        {
            if (ShouldProcess($"{name} at {node}", "Unregister service"))
                Try(() => Ask(node, (control, stopping) => RemoveAsync(node, control, name, stopping), $"Unregistering {name}"), name);
        }
    }

    private static async Task RemoveAsync(R2Node node, INodeControl control, string name, CancellationToken cancellationToken)
    {
        var services = await control.GetServicesAsync(cancellationToken).ConfigureAwait(false);
        await control.RemoveServiceAsync(name, cancellationToken).ConfigureAwait(false);
        if (services.FirstOrDefault(service => service.Name == name)?.Transport is { } transport)
            node.Blocks?.Remove(transport);
    }
}
