using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Services.Tickets;

/// <summary>
/// Takes the secrets of tickets from anybody, and makes known who shows a good one: the only service that a stranger finds.
/// </summary>
/// <param name="tickets">The tickets that were given out.</param>
/// <param name="access">Where those who show one become known.</param>
/// <param name="used">Is told of a ticket that was used, and by whom.</param>
internal sealed class TicketService(TicketTable tickets, AccessList access, Action<KnownNode> used) : Service(ServiceName, new AccessRule(Anyone: true, []))
{
    /// <summary>The service's name.</summary>
    public const string ServiceName = "ticket";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public override string Description => "the node itself";

    /// <inheritdoc/>
    public override bool Listed => false;

    /// <inheritdoc/>
    protected override async Task ServeAsync(Neighbour caller, Channel channel, CancellationToken cancellationToken)
    {
        channel.Accept();
        var secret = new byte[Ticket.SecretSize];
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            // A stranger holds a channel no longer than it takes.
            patience.CancelAfter(Patience);
            await channel.ReadExactlyAsync(secret, patience.Token).ConfigureAwait(false);
        }

        KnownNode? node = null;
        if (tickets.Redeem(secret, caller.Id, name => access.Grant(node = new KnownNode(caller.Id, name, AccessSource.TrustFile))))
            used(node!);
        await channel.EndAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
    }
}
