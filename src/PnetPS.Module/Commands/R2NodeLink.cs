using System.Management.Automation;
using Pnet;
using Pnet.Addressing;
using Pnet.Control;
using PnetPS.Arguments;

namespace PnetPS.Commands;

/// <summary>Links a node to another one over any transport.</summary>
[Cmdlet(VerbsCommunications.Connect, "R2Node", SupportsShouldProcess = true, DefaultParameterSetName = "Transport")]
[OutputType(typeof(R2Peer))]
public sealed class ConnectR2NodeCommand : R2NodeCmdlet
{
    /// <summary>
    /// What carries the link: a command line whose stdin and stdout it is, a URI such as <c>tcp://host:47210</c>, a script
    /// block, or a stream.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Transport", ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EndpointCompleter))]
    public object Transport { get; set; } = "";

    /// <summary>The id the other node must prove; it is then known and may use services. A node, a peer or an identity stands for its id.</summary>
    [Parameter(Position = 1, ParameterSetName = "Transport", ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public IdentityArgument? NodeId { get; set; }

    /// <summary>A ticket of the other node: it says who that is and where, and may hold a secret that makes this node known there.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Ticket", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    public TicketArgument? Ticket { get; set; }

    /// <summary>Leaves the link lost when it is lost.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter NoReconnect { get; set; }

    /// <summary>Returns at once and goes on trying, whatever becomes of the first attempt.</summary>
    [Parameter(ParameterSetName = "Transport")]
    public SwitchParameter Background { get; set; }

    /// <summary>How long the transport and the handshake may take together: seconds, or as in <c>500ms</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Duration]
    public TimeSpan? Timeout { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Ticket?.ToString() ?? Transport;

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        if (Ticket is { } ticket)
            UseTicket(node, ticket.ToTicket());
        else
            ConnectOver(node);
    }

    private void UseTicket(R2Node node, Ticket ticket)
    {
        var other = ticket.Id.ToShortString();
        if (!ShouldProcess($"{node} to {other} at {string.Join(", ", ticket.Endpoints)}", "Connect node by a ticket"))
            return;
        var request = new ConnectRequest { Transport = "", Reconnect = !NoReconnect, Timeout = Timeout };
        WriteObject(new R2Peer(node, Ask(node, (control, stopping) => control.ConnectAsync(ticket, request, stopping), $"Connecting {node} to {other}")));
    }

    private void ConnectOver(R2Node node)
    {
        var near = NearEnd.From(Transport, TakeBlock);
        var request = new ConnectRequest
        {
            Transport = near.Description,
            ExpectedId = NodeId?.ToId(),
            Reconnect = !NoReconnect,
            Background = Background,
            Timeout = Timeout,
        };
        if (!ShouldProcess($"{node} over {near.Description}", "Connect node"))
            return;

        var activity = $"Connecting {node} over {near.Description}";
        var peer = near.Text is not null
            ? Ask(node, (control, stopping) => control.ConnectAsync(request, stopping), activity)
            : (request.Reconnect ? near.Register(node) : null) is { } name
            ? ConnectBlock(node, name, request, activity)
            : Attach(node, near, request with { Reconnect = false }, activity);
        WriteObject(new R2Peer(node, peer));
    }

    /// <summary>The node starts the block by itself, now and whenever the link was lost.</summary>
    private PeerInfo ConnectBlock(R2Node node, string name, ConnectRequest request, string activity)
    {
        try
        {
            return Ask(node, (control, stopping) => control.ConnectAsync(request with { Transport = name }, stopping), activity);
        }
        catch
        {
            node.Blocks!.Remove(name);
            throw;
        }
    }

    private PeerInfo Attach(R2Node node, NearEnd near, ConnectRequest request, string activity)
    {
        if (Background)
            throw new PnetException(PnetError.Usage, $"a link over {near.Description} can't be tried in the background", "Leave -Background away.");

        try
        {
            var link = Ask(node, (control, stopping) => near.AttachAsync(node, (transport, ct) => control.AttachAsync(transport, request, ct), stopping), activity);
            node.Keep(link, link.Completion);
            return link.Peer;
        }
        catch (PnetException exception)
        {
            // The node doesn't know what it was lent; whoever lent it does.
            throw new PnetException(exception.Error, $"{near.Description}: {exception.Message}", exception.Action, exception);
        }
    }
}

/// <summary>Closes the links to a node.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "R2Node", SupportsShouldProcess = true)]
public sealed class DisconnectR2NodeCommand : R2NodeCmdlet
{
    /// <summary>The other node: a peer, a name, an id or the start of one, or a link's number as <c>#7</c>.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(PeerCompleter))]
    public AddressArgument? Peer { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Peer?.ToString();

    /// <inheritdoc/>
    protected override void Process()
    {
        if (Peer is not { } peer)
            return;
        if (peer.Peer?.Target is { } target)
            throw new PnetException(PnetError.Refused, $"the link to {peer.Peer} is one of {target}, which is far", "Close it at that node.");

        // A link that was listed is meant itself; a name means all links to the node.
        var node = ResolveNode();
        var text = peer.Peer is { } listed ? FormattableString.Invariant($"#{listed.Link}") : peer.ToString();
        if (ShouldProcess($"{node} from {peer.Peer?.ToString() ?? text}", "Disconnect node"))
            Ask(node, (control, stopping) => control.DisconnectAsync(text, stopping), $"Disconnecting {text}");
    }
}
