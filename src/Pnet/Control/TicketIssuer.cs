using Pnet.Addressing;
using Pnet.Services.Tickets;

namespace Pnet.Control;

/// <summary>Makes tickets for a node.</summary>
internal sealed class TicketIssuer(NodeId self, TicketTable tickets, ListenerTable listeners, EventLog events)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>Makes one.</summary>
    /// <exception cref="PnetException">It makes no sense, the node listens nowhere, or too many wait to be used.</exception>
    /// <exception cref="FormatException">An endpoint or a name has the wrong form.</exception>
    public Ticket Issue(TicketRequest request)
    {
        if (request.Name is { } name)
            NodeName.Validate(name);
        if (request.Name is not null && !request.OneTime)
            throw new PnetException(PnetError.Usage, "a name for whoever uses a ticket that many can use", "Give no name, or make it a one-time ticket.");
        if (request.ExpiresIn is { } end && (end <= TimeSpan.Zero || end > Longest))
            throw new PnetException(PnetError.Usage, $"a ticket for {end}", $"Let it be good for more than nothing and at most {Longest.TotalDays:0} days.");

        var endpoints = Endpoints(request);
        Ticket.CheckEndpoints(endpoints);
        foreach (var endpoint in endpoints)
            ReachableEndpoints.Check(endpoint);
        DateTimeOffset? expires = request.ExpiresIn is { } time ? DateTimeOffset.UtcNow + time : null;
        var ticket = new Ticket(self, endpoints, request.OneTime ? tickets.Add(expires, request.Name) : null, expires);
        events.Publish("ticket.issued", $"{(request.OneTime ? "one-time ticket" : "ticket")} for {string.Join(", ", endpoints)}{(expires is { } until ? $", until {until:u}" : "")}");
        return ticket;
    }

    private IReadOnlyList<string> Endpoints(TicketRequest request)
    {
        // A manager of another make may leave the list out.
        if (request.Endpoints is { Count: > 0 })
            return request.Endpoints;
        IReadOnlyList<string> found = [.. ReachableEndpoints.Of(listeners.Infos.Select(listener => listener.Endpoint)).Take(Ticket.MaxEndpoints)];
        return found.Count > 0
            ? found
            : throw new PnetException(PnetError.Usage, "the node listens nowhere, so that a ticket would lead nowhere", "Let it listen first (r2 listen), or name the endpoints at which others reach it.");
    }
}
