using System.Management.Automation;
using Pnet.Control;
using PnetPS.Arguments;

namespace PnetPS.Commands;

/// <summary>Makes a ticket: one string with which somebody else connects to a node, by copy and paste.</summary>
[Cmdlet(VerbsCommon.New, "R2Ticket", SupportsShouldProcess = true)]
[OutputType(typeof(R2Ticket))]
public sealed class NewR2TicketCommand : R2NodeCmdlet
{
    /// <summary>The node to connect to: an object, or the name or id of a node of this process.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public override NodeArgument? Node { get; set; }

    /// <summary>Makes the first node that uses the ticket known, so that it may use services; the ticket is worth nothing after that.</summary>
    [Parameter]
    public SwitchParameter OneTime { get; set; }

    /// <summary>How long the ticket is good: seconds, or as in <c>10m</c>, at most 365 days; without it, as long as the node runs.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? ExpiresIn { get; set; }

    /// <summary>What the node that uses a one-time ticket is called here from then on, as <c>Grant-R2Access</c> would name it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Where others reach the node, the best first, 8 at most: URIs. Without it, where it listens.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EndpointCompleter))]
    public string[] Endpoint { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        if (!ShouldProcess(node.ToString(), OneTime ? "Make a one-time ticket" : "Make a ticket"))
            return;
        var request = new TicketRequest { Endpoints = Endpoint, OneTime = OneTime, ExpiresIn = ExpiresIn, Name = Name };
        WriteObject(new R2Ticket(Ask(node, (control, stopping) => control.IssueTicketAsync(request, stopping), $"Asking {node} for a ticket")));
    }
}
