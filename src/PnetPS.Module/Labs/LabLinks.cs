using Pnet;
using Pnet.Control;

namespace PnetPS.Labs;

/// <summary>What can be done to a link of a lab that stands.</summary>
internal static class LabLinks
{
    // A link that seems up may be one that has not yet noticed that it was cut: an answer tells.
    private static readonly TimeSpan AnswerBound = TimeSpan.FromSeconds(1);

    /// <summary>Has a link opened, and waits until it is up.</summary>
    public static async Task ConnectAsync(R2LabLink link, bool known, CancellationToken cancellationToken)
    {
        var (from, to) = Ends(link);
        await LabSite.DisconnectAsync(link, from, cancellationToken).ConfigureAwait(false);
        try
        {
            await LabSite.ConnectAsync(link, from, to, known, cancellationToken).ConfigureAwait(false);
        }
        catch (PnetException exception)
        {
            throw new PnetException(exception.Error, $"the link {link} does not come up: {exception.Message}", exception.Action, exception);
        }

        link.State = R2LabLinkState.Up;
    }

    /// <summary>Cuts a link.</summary>
    public static async Task SuspendAsync(R2LabLink link, CancellationToken cancellationToken)
    {
        if (link.State == R2LabLinkState.Suspended)
            return;
        var (from, to) = Ends(link);
        link.State = R2LabLinkState.Suspended;
        await link.Lab.Site.CutAsync(link, from, to, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Heals a link, and waits until it is up.</summary>
    public static async Task ResumeAsync(R2LabLink link, CancellationToken cancellationToken)
    {
        if (link.State != R2LabLinkState.Suspended)
            return;
        var (from, to) = Ends(link);
        await link.Lab.Site.HealAsync(link, cancellationToken).ConfigureAwait(false);
        if (await AnswersAsync(from, to, cancellationToken).ConfigureAwait(false))
        {
            link.State = R2LabLinkState.Up;
            return;
        }

        var access = await from.Control.GetAccessAsync(cancellationToken).ConfigureAwait(false);
        await ConnectAsync(link, access.Any(entry => entry.Id?.ToString() == to.Id), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<bool> AnswersAsync(R2Node from, R2Node to, CancellationToken cancellationToken)
    {
        var links = await R2LabLink.FindAsync(from, to, cancellationToken).ConfigureAwait(false);
        if (links.FirstOrDefault() is not { } linked)
            return false;
        var ping = new PingRequest { Address = Pnet.Addressing.AddressPath.Parse(linked.Id.ToString()!), Count = 1, Timeout = AnswerBound };
        await foreach (var reply in from.Control.PingAsync(ping, cancellationToken).ConfigureAwait(false))
            return reply.RoundTrip is not null;
        return false;
    }

    private static (R2Node From, R2Node To) Ends(R2LabLink link)
    {
        return (Running(link.From), Running(link.To));

        R2Node Running(string name) => link.Lab.Find(name) is { State: R2NodeState.Running } node
            ? node
            : throw new PnetException(PnetError.Closed, $"node {name} of lab {link.Lab} has stopped", $"New-R2Lab with the same recipe starts it again.");
    }
}
