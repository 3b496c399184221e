using System.Management.Automation;
using Pnet.Control;

namespace PnetPS.Hosting;

/// <summary>
/// The handlers of a node's .NET events (<c>Register-ObjectEvent</c>): the node is watched from the first one on, until the last
/// one is taken away or the node ends.
/// </summary>
internal sealed class EventSubscribers(R2Node node)
{
    private readonly Lock _gate = new();
    private readonly List<(string? Kind, EventHandler<R2EventArgs> Handler)> _handlers = [];

    // Ends the watch; there is one while there is this.
    private Action? _stopWatching;

    /// <summary>Adds a handler of a kind of event, or of all.</summary>
    public void Add(string? kind, EventHandler<R2EventArgs>? handler)
    {
        if (handler is null)
            return;

        lock (_gate)
        {
            _handlers.Add((kind, handler));
            if (_stopWatching is not null)
                return;

            // The watch itself begins later: it begins with what has happened since now.
            var first = new EventQuery { After = DateTimeOffset.UtcNow };
            var stop = new CancellationTokenSource();
            _stopWatching = stop.Cancel;
            _ = Task.Run(() => WatchAsync(first, stop, stop.Cancel), CancellationToken.None);
        }
    }

    /// <summary>Takes a handler away.</summary>
    public void Remove(string? kind, EventHandler<R2EventArgs>? handler)
    {
        if (handler is null)
            return;

        lock (_gate)
        {
            var index = _handlers.FindLastIndex(one => one.Kind == kind && one.Handler == handler);
            if (index >= 0)
                _handlers.RemoveAt(index);
            if (_handlers.Count > 0)
                return;
            _stopWatching?.Invoke();
            _stopWatching = null;
        }
    }

    private async Task WatchAsync(EventQuery first, CancellationTokenSource stop, Action mine)
    {
        using (stop)
        {
            try
            {
                await foreach (var happened in node.WatchAsync(first, stop.Token).ConfigureAwait(false))
                    Raise(new R2EventArgs(new R2Event(node, happened)));
            }
            catch (OperationCanceledException)
            {
                // Nobody listens any more.
            }
            catch (Exception exception) when (Failure.IsExpected(exception))
            {
                // A node that was stopped is the end that is meant; a daemon that was lost is worth a word.
                if (node.State == R2NodeState.Running && !node.InProcess)
                    node.Report(Failure.ToErrorRecord(exception, node));
            }

            // Whoever takes the last handler away must not cancel what is disposed of.
            lock (_gate)
                _stopWatching = _stopWatching == mine ? null : _stopWatching;
        }
    }

    private void Raise(R2EventArgs args)
    {
        List<EventHandler<R2EventArgs>> handlers;
        lock (_gate)
            handlers = [.. _handlers.Where(one => one.Kind is null || one.Kind == args.Event.Kind).Select(one => one.Handler)];
        foreach (var handler in handlers)
        {
            try
            {
                handler(node, args);
            }
            catch (Exception exception)
            {
                // It is the subscriber's, and may throw anything; the others are to hear of the event all the same.
                node.Report(new ErrorRecord(exception, "EventHandlerFailed", ErrorCategory.NotSpecified, args.Event));
            }
        }
    }
}
