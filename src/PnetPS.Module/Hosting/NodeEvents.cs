using Pnet.Addressing;
using Pnet.Control;

namespace PnetPS.Hosting;

/// <summary>What happens at a node and to what runs for it in this process, as one stream.</summary>
/// <remarks>
/// A node of this process has one log for both. A daemon knows nothing of the script blocks that this process runs for its
/// links and tunnels: what they say is kept here and joined with what the daemon tells.
/// </remarks>
/// <param name="control">The node.</param>
/// <param name="log">Where this process publishes.</param>
/// <param name="isNodes">Whether that is the node's own log.</param>
internal sealed class NodeEvents(INodeControl control, EventLog log, bool isNodes)
{
    /// <summary>Tells of something that happened in this process; from any thread.</summary>
    public void Publish(string kind, string message, bool warning, NodeId? peer) => log.Publish(kind, message, peer, warning);

    /// <summary>Lists kept events, the oldest first.</summary>
    public async Task<IReadOnlyList<NodeEvent>> GetAsync(EventQuery query, CancellationToken cancellationToken)
    {
        var events = await control.GetEventsAsync(query, cancellationToken).ConfigureAwait(false);
        return isNodes ? events : query.Pick(events.Concat(log.Read(query)).OrderBy(happened => happened.Time));
    }

    /// <summary>Follows events, after those that were kept and that a query picks; ends or fails with the node.</summary>
    public IAsyncEnumerable<NodeEvent> WatchAsync(EventQuery first, CancellationToken cancellationToken)
    {
        var events = control.WatchAsync(first, cancellationToken);
        return isNodes ? events : Merge.AllAsync([events, log.WatchAsync(first, cancellationToken)], cancellationToken);
    }

    /// <summary>Ends what follows this process' own log: the node is gone.</summary>
    public void Complete() => log.Complete();
}
