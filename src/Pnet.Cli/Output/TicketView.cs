using Pnet.Addressing;

namespace Pnet.Cli.Output;

/// <summary>A ticket as <c>r2 ticket --json</c> shows it.</summary>
/// <param name="Ticket">Its text.</param>
/// <param name="Id">The node that gave it out.</param>
/// <param name="Endpoints">Where that listens.</param>
/// <param name="OneTime">Whether it is good for one node.</param>
/// <param name="Expires">When it ends.</param>
internal sealed record TicketView(string Ticket, NodeId Id, IReadOnlyList<string> Endpoints, bool OneTime, DateTimeOffset? Expires)
{
    /// <summary>Looks at a ticket.</summary>
    public static TicketView Of(Ticket ticket) => new(ticket.ToString(), ticket.Id, ticket.Endpoints, ticket.OneTime, ticket.Expires);
}
