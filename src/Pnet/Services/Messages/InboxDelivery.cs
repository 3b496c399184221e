using System.Threading.Channels;
using Pnet.Addressing;
using Pnet.Frames;
using Pnet.Routing;

namespace Pnet.Services.Messages;

/// <summary>One channel of <c>service:inbox</c>: hands messages to one reader of the node's owner, as it asks for them.</summary>
internal sealed class InboxDelivery
{
    /// <summary>The service's name.</summary>
    public const string ServiceName = "inbox";

    // Demands that wait for those before them; a reader has two at a time.
    private const int MaxDemands = 16;
    private const int BatchSize = 32 * 1024;
    private const int MaxHead = MessageWire.HeaderSize + MessageWire.EnvelopeSize + NodeName.MaxLength;

    private readonly Inbox _inbox;
    private readonly Channels.Channel _channel;
    private readonly Channel<(byte What, long Count)> _demands = Channel.CreateBounded<(byte, long)>(MaxDemands);
    private readonly Lock _lock = new();
    private readonly Queue<InboxMessage> _handed = [];
    private readonly byte[] _batch = new byte[BatchSize];
    private int _used;
    private long _acknowledged;

    private InboxDelivery(Inbox inbox, Channels.Channel channel)
    {
        _inbox = inbox;
        _channel = channel;
    }

    /// <summary>Serves a channel until its reader ends it; what it has not acknowledged then is another reader's.</summary>
    /// <exception cref="PnetException">The caller is no manager of this node.</exception>
    public static async Task ServeAsync(Inbox inbox, Neighbour caller, Channels.Channel channel, CancellationToken cancellationToken)
    {
        if (!caller.Origin.Manager)
            throw new PnetException(PnetError.Refused, "the inbox is open to the node's owner alone");
        channel.Accept();
        var delivery = new InboxDelivery(inbox, channel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        inbox.AddReader();
        var delivering = delivery.DeliverAsync(stop.Token);
        try
        {
            await delivery.ListenAsync(stop.Token).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await delivering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var message in delivery._handed)
                inbox.Return(message);
            inbox.RemoveReader();
        }
        // Whoever reads this end finds in the inbox what this reader left there.
        await channel.EndAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _channel.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var rest = result.Buffer;
            try
            {
                while (MessageWire.TryReadNumbered(ref rest, out var what, out var number))
                    OnDemand(what, number);
            }
            finally
            {
                _channel.Input.AdvanceTo(rest.Start, result.Buffer.End);
            }
            if (result.IsCompleted)
                return;
        }
    }

    private void OnDemand(byte what, long number)
    {
        switch (what)
        {
            case MessageWire.Acknowledge:
                Forget(number);
                break;
            case MessageWire.Take or MessageWire.Follow when _demands.Writer.TryWrite((what, number)):
                break;
            default:
                throw Violation.Of($"inbox: the demand {what}, or more than {MaxDemands} at a time");
        }
    }

    private void Forget(long upTo)
    {
        lock (_lock)
        {
            if (upTo > _acknowledged + _handed.Count)
                throw Violation.Of($"inbox: message {upTo} is acknowledged and was not handed on");
            if (upTo <= _acknowledged)
                return;
            var count = (int)(upTo - _acknowledged);
            long bytes = 0;
            for (; _acknowledged < upTo; _acknowledged++)
                bytes += _handed.Dequeue().Body.Length;
            _inbox.Release(count, bytes);
        }
    }

    private async Task DeliverAsync(CancellationToken cancellationToken)
    {
        await foreach (var (what, count) in _demands.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            for (var left = count; left > 0;)
            {
                if (_inbox.TryTake(out var message, out var arrival))
                {
                    await HandAsync(message, cancellationToken).ConfigureAwait(false);
                    left--;
                    continue;
                }
                await FlushAsync(cancellationToken).ConfigureAwait(false);
                if (what != MessageWire.Follow)
                    break;
                await arrival.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            await FlushAsync(cancellationToken).ConfigureAwait(false);
            if (what == MessageWire.Take)
                await _channel.WriteAsync(new byte[MessageWire.HeaderSize], cancellationToken).ConfigureAwait(false);
        }
    }

    // Small messages leave together.
    private async ValueTask HandAsync(InboxMessage message, CancellationToken cancellationToken)
    {
        // It is this reader's from here on, whether it arrives there or not.
        lock (_lock)
            _handed.Enqueue(message);
        if (_batch.Length - _used < MaxHead)
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        _used += MessageWire.WriteEnvelope(_batch.AsSpan(_used), message);
        if (message.Body.Length <= _batch.Length - _used)
        {
            message.Body.CopyTo(_batch, _used);
            _used += message.Body.Length;
            return;
        }
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        await _channel.WriteAsync(message.Body, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _channel.WriteAsync(_batch.AsMemory(0, _used), cancellationToken).ConfigureAwait(false);
        _used = 0;
    }
}
