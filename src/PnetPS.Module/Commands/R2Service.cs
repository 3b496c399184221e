using System.Management.Automation;
using Pnet.Addressing;
using Pnet.Control;
using PnetPS.Arguments;

namespace PnetPS.Commands;

/// <summary>Has a node offer a service: a program, a connection or a script block that is started anew for each tunnel to it, or a listener.</summary>
[Cmdlet(VerbsLifecycle.Register, "R2Service", SupportsShouldProcess = true, DefaultParameterSetName = "Transport")]
[OutputType(typeof(R2Service))]
public sealed class RegisterR2ServiceCommand : R2OfferCmdlet
{
    /// <summary>The service's name: 1 to 63 letters, digits, <c>.</c>, <c>_</c>, <c>-</c>.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>What each tunnel to it gets: a command line that is started, a URI that is dialled, or a script block that is run.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Transport", ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public object Transport { get; set; } = "";

    /// <summary>An endpoint where the service listens, such as <c>tcp://0.0.0.0:8080</c>: each connection goes to a tunnel that waits for one.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Listen")]
    [ValidateNotNullOrEmpty]
    public string? Listen { get; set; }

    /// <summary>A directory whose files others may copy with <c>Receive-R2File</c> and <c>r2 cp</c>.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Directory")]
    [ValidateNotNullOrEmpty]
    public string? Directory { get; set; }

    /// <summary>Lets others copy files into the directory as well, with <c>Send-R2File</c>.</summary>
    [Parameter(ParameterSetName = "Directory")]
    public SwitchParameter Writable { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name;

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        var end = NearEnd.From((Directory is null ? Listen : FullPath(Directory)) ?? Transport, TakeBlock);
        if (!ShouldProcess($"{Name} at {node}: {end.Description}", "Register service"))
            return;

        var request = new ServiceRequest
        {
            Name = Name,
            Transport = end.Description,
            Listen = Listen is not null,
            Share = Directory is null ? FileSharing.None : Writable ? FileSharing.Writable : FileSharing.ReadOnly,
            Allow = Allowed,
        };
        var service = Ask(node, (_, stopping) => ServiceOffer.MakeAsync(node, end, request, stopping), $"Registering {Name}");
        WriteObject(new R2Service(node, service));
    }
}

/// <summary>Gets the services that a node offers.</summary>
[Cmdlet(VerbsCommon.Get, "R2Service")]
[OutputType(typeof(R2Service))]
public sealed class GetR2ServiceCommand : R2FarQueryCmdlet
{
    /// <summary>Names, with wildcards; without it, all.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    public string[] Name { get; set; } = [];

    private protected override void Query(R2Node node, AddressPath target, string asked)
    {
        var services = Ask(node, (control, stopping) => View(control, target).GetServicesAsync(stopping), $"Asking {asked} for its services");
        var found = services.Select(service => new R2Service(node, service, target)).ToList();
        WriteNamed(found, Name, (service, pattern) => pattern.IsMatch(service.Name), name => $"{asked} offers no service '{name}'", "Register-R2Service");
    }
}

/// <summary>Has a node offer services no longer; tunnels that are open stay.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "R2Service", SupportsShouldProcess = true)]
public sealed class UnregisterR2ServiceCommand : R2WithdrawCmdlet
{
    /// <summary>The services' names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    public override string[] Name { get; set; } = [];

    private protected override string Kind => "service";

    private protected override Task RemoveAsync(R2Node node, INodeControl control, string name, CancellationToken cancellationToken) =>
        control.RemoveServiceAsync(name, cancellationToken);
}
