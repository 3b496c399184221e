using Pnet.Addressing;
using Pnet.Cli.Output;
using Pnet.Cli.Parsing;
using Pnet.Control;

namespace Pnet.Cli.Commands;

/// <summary><c>ticket</c>: one string with which two people connect by copy and paste.</summary>
internal static class TicketCommand
{
    /// <summary>Builds the command.</summary>
    public static CliCommand Create(GlobalOptions options)
    {
        var command = new CliCommand(
            "ticket",
            "Print a ticket, with which others link to this node: r2 connect TICKET",
            "r2 ticket",
            "r2 ticket --one-time --expires 1h --name bob",
            "r2 ticket --endpoint tcp://example.com:47210");
        var oneTime = command.Flag("--one-time", "-1", "Make the first node that uses it known here, and none after it");
        var expires = command.Option("--expires", null, "TIME", "How long it is good: 90s, 10m, 1h", text => (TimeSpan?)DurationText.Parse(text), null);
        var name = command.Option("--name", null, "NAME", "What the node that uses a one-time ticket is called here", text => (string?)NodeName.Validate(text), null);
        var endpoints = command.Many("--endpoint", "-e", "URI", "Where this node is reached; where it listens, unless said otherwise");
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            var request = new TicketRequest
            {
                Endpoints = session.Parse.GetValue(endpoints) ?? [],
                OneTime = session.Parse.GetValue(oneTime),
                ExpiresIn = session.Parse.GetValue(expires),
                Name = session.Parse.GetValue(name),
            };
            var ticket = await session.Node.IssueTicketAsync(request, cancellationToken).ConfigureAwait(false);
            if (session.Out.Json)
                session.Out.Document(TicketView.Of(ticket), JsonText.Of<TicketView>());
            else
                session.Out.Line(ticket.ToString());
            return ExitCode.Ok;
        });
    }

    /// <summary>Links a node by a ticket.</summary>
    public static Task<PeerInfo> ConnectAsync(INodeControl node, string text, ConnectRequest request, CancellationToken cancellationToken)
    {
        var ticket = Ticket.Parse(text);
        if (request.ExpectedId is { } expected && expected != ticket.Id)
            throw new PnetException(PnetError.Usage, $"the ticket is of {ticket.Id}, and not of {expected}", "Leave the id away: the ticket has it.");
        if (request.Background)
            throw new PnetException(PnetError.Usage, "a ticket can't be used in the background", "Leave --background away.");
        return node.ConnectAsync(ticket, request, cancellationToken);
    }
}
