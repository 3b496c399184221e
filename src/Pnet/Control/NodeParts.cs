using Pnet.Routing;
using Pnet.Services;
using Pnet.Services.Messages;

namespace Pnet.Control;

/// <summary>What a node is made of, as far as a manager may ask for it.</summary>
internal sealed record NodeParts(
    Router Router,
    ServiceOffers Offers,
    AccessList Access,
    EventLog Events,
    WantedLinks Wanted,
    ListenerTable Listeners,
    TunnelTable Tunnels,
    OwnManager Manager,
    Inbox Inbox,
    TicketIssuer Tickets,
    NodeInfo Identity,
    Func<Neighbour, bool> IsKnown,
    Func<Task> Stop);
