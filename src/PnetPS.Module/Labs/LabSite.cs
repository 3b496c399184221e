using Pnet;
using Pnet.Addressing;
using Pnet.Control;
using PnetPS.Hosting;

namespace PnetPS.Labs;

/// <summary>Where the nodes of a lab run, and what carries the links between them.</summary>
internal abstract class LabSite(LabFolder folder) : IAsyncDisposable
{
    private static readonly TimeSpan NoticeBound = TimeSpan.FromSeconds(30);

    /// <summary>What the nodes are kept apart by.</summary>
    public abstract R2LabIsolation Isolation { get; }

    /// <summary>The lab's folder.</summary>
    protected LabFolder Folder => folder;

    /// <summary>Starts a node.</summary>
    public abstract Task<R2Node> StartAsync(LabNodePlan plan, CancellationToken cancellationToken);

    /// <summary>Stops a node, and waits until nothing of it is left.</summary>
    public abstract Task StopAsync(R2Node node);

    /// <summary>Prepares what a link is to go over.</summary>
    /// <returns>What its first node opens.</returns>
    public virtual Task<string> LayAsync(R2RecipeLink link, int number, CancellationToken cancellationToken) =>
        Task.FromResult(link.Transport is { } own ? folder.Expand(own) : $"unix://{folder.LinkPath(link.To)}");

    /// <summary>Takes away what a link went over.</summary>
    public virtual Task LiftAsync(R2LabLink link) => Task.CompletedTask;

    /// <summary>Cuts a link. Where nodes are told of that, it waits until both have heard it: whoever looks then sees the same from each end.</summary>
    public virtual async Task CutAsync(R2LabLink link, R2Node from, R2Node to, CancellationToken cancellationToken)
    {
        await DisconnectAsync(link, from, cancellationToken).ConfigureAwait(false);
        // There may be another link between the two.
        var left = await CountLinksAsync(from, to, cancellationToken).ConfigureAwait(false);
        using var bound = Watch.Bound(NoticeBound, cancellationToken);
        try
        {
            await Watch.UntilAsync(
                to, async stopping => await CountLinksAsync(to, from, stopping).ConfigureAwait(false) <= left ? link : null, $"the end of the link {link} was waited for", bound.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PnetException(PnetError.TimedOut, $"{to} did not notice within {NoticeBound.TotalSeconds:0} s that the link {link} was cut", $"Look at its log: Get-R2Event -Node {to}.");
        }
    }

    /// <summary>Takes back what <see cref="CutAsync"/> did, except that the link has to be made again.</summary>
    public virtual Task HealAsync(R2LabLink link, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Has a node open a link no longer.</summary>
    public static async Task DisconnectAsync(R2LabLink link, R2Node from, CancellationToken cancellationToken)
    {
        try
        {
            await from.Control.DisconnectAsync(link.Transport, cancellationToken).ConfigureAwait(false);
        }
        catch (PnetException exception) when (exception.Error is PnetError.NotFound or PnetError.Usage or PnetError.Closed)
        {
            // It has none: what is wanted is so already.
        }
    }

    /// <summary>Has a node open a link, and makes sure that it leads where it should.</summary>
    /// <exception cref="PnetException">It doesn't come up, or leads elsewhere.</exception>
    public static async Task ConnectAsync(R2LabLink link, R2Node from, R2Node to, bool known, CancellationToken cancellationToken)
    {
        // A pinned node becomes known, which isn't every recipe's wish.
        var request = new ConnectRequest { Transport = link.Transport, ExpectedId = known ? NodeId.Parse(to.Id) : null };
        var peer = await from.Control.ConnectAsync(request, cancellationToken).ConfigureAwait(false);
        if (peer.Id?.ToString() == to.Id)
            return;
        await DisconnectAsync(link, from, cancellationToken).ConfigureAwait(false);
        throw new PnetException(PnetError.IdentityMismatch, $"{link.Transport} leads from {from} to {peer}, not to {to}", "Correct the link's Transport in the recipe.");
    }

    private static async Task<int> CountLinksAsync(R2Node at, R2Node other, CancellationToken cancellationToken) =>
        (await R2LabLink.FindAsync(at, other, cancellationToken).ConfigureAwait(false)).Count();
}
