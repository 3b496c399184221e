using System.Management.Automation;
using Pnet;
using Pnet.Services.Messages;
using PnetPS.Messages;

namespace PnetPS.Hosting;

/// <summary>
/// The handlers of a node's <c>MessageReceived</c>: together they are one reader of its inbox, from the first handler on until the
/// last one is taken away or the node ends. A message is gone from the inbox once all of them have seen it.
/// </summary>
internal sealed class MessageSubscribers(R2Node node)
{
    private readonly Lock _gate = new();
    private readonly List<EventHandler<R2MessageEventArgs>> _handlers = [];

    // Ends the reading; there is one while there is this.
    private Action? _stopReading;

    /// <summary>Adds a handler.</summary>
    public void Add(EventHandler<R2MessageEventArgs>? handler)
    {
        if (handler is null)
            return;
        lock (_gate)
        {
            _handlers.Add(handler);
            if (_stopReading is not null)
                return;
            var stop = new CancellationTokenSource();
            _stopReading = stop.Cancel;
            _ = Task.Run(() => ReadAsync(stop.Token), CancellationToken.None);
        }
    }

    /// <summary>Takes a handler away.</summary>
    public void Remove(EventHandler<R2MessageEventArgs>? handler)
    {
        lock (_gate)
        {
            if (handler is null || !_handlers.Remove(handler) || _handlers.Count > 0)
                return;
            _stopReading?.Invoke();
            _stopReading = null;
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var reader = await InboxReader.OpenAsync(node.Control, wait: true, null, cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.NextAsync(cancellationToken).ConfigureAwait(false) is { } message)
                    Raise(new R2MessageEventArgs(await UnpackAsync(message).ConfigureAwait(false)));
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more.
        }
        catch (Exception exception) when (Failure.IsExpected(exception))
        {
            // A node that was stopped is the end that is meant.
            if (node.State == R2NodeState.Running)
                node.Report(Failure.ToErrorRecord(exception, node));
        }
    }

    private async Task<R2Message> UnpackAsync(ReceivedMessage message)
    {
        object? value = message.Kind == MessageKind.Bytes ? message.Body.ToArray() : message.Text;
        try
        {
            if (message.Kind == MessageKind.Clixml)
                value = await Clixml.ReadAsync(message.Text).ConfigureAwait(false);
        }
        catch (PnetException exception)
        {
            value = null;
            node.Report(Failure.ToErrorRecord(exception, message.FromName ?? message.From.ToString()));
        }

        return new R2Message(node, message, value);
    }

    private void Raise(R2MessageEventArgs args)
    {
        List<EventHandler<R2MessageEventArgs>> handlers;
        lock (_gate)
            handlers = [.. _handlers];
        foreach (var handler in handlers)
        {
            try
            {
                handler(node, args);
            }
            catch (Exception exception)
            {
                // It is the subscriber's, and may throw anything; the others are to see the message all the same.
                node.Report(new ErrorRecord(exception, "EventHandlerFailed", ErrorCategory.NotSpecified, args.Message));
            }
        }
    }
}
