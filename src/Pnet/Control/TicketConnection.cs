using System.Diagnostics;
using Pnet.Addressing;
using Pnet.Services.Tickets;

namespace Pnet.Control;

/// <summary>Connects a node by a ticket that another one gave out.</summary>
public static class TicketConnection
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Links the node to the one that gave the ticket out, by the first of its endpoints that leads there, and shows it the
    /// secret of a one-time ticket. The link is kept as others that were asked for.
    /// </summary>
    /// <param name="control">The node that is to be linked.</param>
    /// <param name="ticket">The ticket.</param>
    /// <param name="request">How; its transport and its expected id are the ticket's, and it isn't tried in the background.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The link.</returns>
    /// <exception cref="PnetException">The ticket has expired, no endpoint leads to its node, or that node refuses it: nothing is left of the attempt.</exception>
    public static async Task<PeerInfo> ConnectAsync(this INodeControl control, Ticket ticket, ConnectRequest? request = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(control);
        ArgumentNullException.ThrowIfNull(ticket);
        if (ticket.Expires <= DateTimeOffset.UtcNow)
            throw new PnetException(PnetError.Refused, $"the ticket has expired: it was good until {ticket.Expires:u}", "Ask for another one.");

        var linked = (await control.GetPeersAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(peer => peer.Id == ticket.Id && peer.State == LinkState.Up);
        var peer = linked ?? await ReachAsync(control, ticket, request, cancellationToken).ConfigureAwait(false);
        try
        {
            if (ticket.Secret is { } secret)
                await RedeemWithinAsync(control, ticket.Id, secret, request?.Timeout ?? DefaultTimeout, cancellationToken).ConfigureAwait(false);
            return peer;
        }
        catch when (linked is null)
        {
            // Why the ticket was not taken is what matters; the link may be gone already.
            await control.DisconnectAsync($"#{peer.Link}", CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private static async Task<PeerInfo> ReachAsync(INodeControl control, Ticket ticket, ConnectRequest? request, CancellationToken cancellationToken)
    {
        var limit = request?.Timeout ?? DefaultTimeout;
        var began = Stopwatch.GetTimestamp();
        var failures = new List<PnetException>();
        for (var i = 0; i < ticket.Endpoints.Count; i++)
        {
            // Each has its part of what is left: one that swallows packets leaves time for the next.
            var left = limit - Stopwatch.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
                break;
            var attempt = (request ?? new ConnectRequest { Transport = "" }) with
            {
                Transport = ticket.Endpoints[i],
                ExpectedId = ticket.Id,
                Background = false,
                Timeout = left / (ticket.Endpoints.Count - i),
            };
            try
            {
                return await control.ConnectAsync(attempt, cancellationToken).ConfigureAwait(false);
            }
            catch (PnetException e)
            {
                failures.Add(e);
            }
        }

        throw failures.Count == 1 ? failures[0] : new PnetException(
            failures.Count > 0 ? failures[0].Error : PnetError.TimedOut,
            $"no endpoint of the ticket leads to {ticket.Id.ToShortString()}: {string.Join("; ", failures.Select(failure => failure.Message))}",
            "Check that the node runs, and that it can be reached from here; ask for another ticket where its address has changed.",
            failures.FirstOrDefault());
    }

    // The issuer is a stranger, who may take the secret and never answer.
    private static async Task RedeemWithinAsync(INodeControl control, NodeId issuer, ReadOnlyMemory<byte> secret, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(limit);
        try
        {
            await RedeemAsync(control, issuer, secret, bound.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PnetException(PnetError.TimedOut, $"{issuer.ToShortString()} did not answer to the ticket within {limit.TotalSeconds:0.###} s", "Try again, or ask for another one.", e);
        }
    }

    private static async Task RedeemAsync(INodeControl control, NodeId issuer, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken)
    {
        var channel = await control.OpenAsync(new AddressPath(issuer, TicketService.ServiceName), cancellationToken).ConfigureAwait(false);
        await using (channel.ConfigureAwait(false))
        {
            try
            {
                await channel.WriteAsync(secret, cancellationToken).ConfigureAwait(false);
                await channel.EndAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
                // The end says yes; a reset says why not.
                await channel.ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false);
            }
            catch (PnetException e) when (e.Error == PnetError.Refused)
            {
                throw new PnetException(PnetError.Refused, $"{issuer.ToShortString()} refuses the ticket: {e.Message}", "Ask for another one.", e);
            }
        }
    }
}
