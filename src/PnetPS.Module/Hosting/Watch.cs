using Pnet;
using Pnet.Control;

namespace PnetPS.Hosting;

/// <summary>Waits for a state of a node, woken by its events.</summary>
internal static class Watch
{
    // The most that a timer takes; nobody waits that long.
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>Ends a wait after a time; none is never.</summary>
    public static CancellationTokenSource Bound(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (timeout is { } time)
            bound.CancelAfter(time < MaxTimeout ? time : MaxTimeout);
        return bound;
    }

    /// <summary>Looks at the node, and again after each event, until there is something to see.</summary>
    /// <param name="node">The node.</param>
    /// <param name="look">Looks; <see langword="null"/> is not yet.</param>
    /// <param name="what">What is waited for, for the error.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="PnetException"><see cref="PnetError.Closed"/>: the node was closed meanwhile.</exception>
    public static async Task<T> UntilAsync<T>(R2Node node, Func<CancellationToken, Task<T?>> look, string what, CancellationToken cancellationToken)
        where T : class
    {
        // From before the look, so that nothing falls between the look and the watch; also where a daemon begins to watch only after it was looked at.
        var first = new EventQuery { After = DateTimeOffset.UtcNow };
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var events = node.WatchAsync(first, watching.Token).GetAsyncEnumerator(watching.Token);
        var next = events.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                if (await look(cancellationToken).ConfigureAwait(false) is { } seen)
                    return seen;
                if (!await next.ConfigureAwait(false))
                    throw new PnetException(PnetError.Closed, $"the node was closed while {what}");
                next = events.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            await watching.CancelAsync().ConfigureAwait(false);
            await next.ContinueWith(static ended => _ = ended.Exception, TaskScheduler.Default).ConfigureAwait(false);
        }
    }
}
