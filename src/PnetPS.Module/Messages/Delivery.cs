using System.Diagnostics;
using Pnet;
using Pnet.Control;
using Pnet.Services;
using Pnet.Services.Messages;

namespace PnetPS.Messages;

/// <summary>The way of one <c>Send-R2Message</c> to one of its targets: opened once, used for all that the pipeline brings.</summary>
internal sealed class Delivery(MessageTarget target) : IAsyncDisposable
{
    private readonly List<int> _sizes = [];
    private MessageSender? _sender;
    private long _answered;
    private long _started;

    public MessageTarget Target => target;

    /// <summary>Messages that the target has.</summary>
    public long Delivered { get; private set; }

    /// <summary>Bytes in them.</summary>
    public long Bytes { get; private set; }

    /// <summary>Since it was opened.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    public async Task OpenAsync(IServiceOpener node, CancellationToken cancellationToken)
    {
        _started = Stopwatch.GetTimestamp();
        _sender = await MessageSender.OpenAsync(node, target.Path, cancellationToken).ConfigureAwait(false);
    }

    public async Task PostAsync(Message message, CancellationToken cancellationToken)
    {
        await _sender!.PostAsync(message, cancellationToken).ConfigureAwait(false);
        _sizes.Add(message.Body.Length);
    }

    /// <summary>Waits for the answers; returns what was refused since the last time.</summary>
    public async Task<IReadOnlyList<MessageRefusal>> FlushAsync(CancellationToken cancellationToken)
    {
        var refusals = await _sender!.FlushAsync(cancellationToken).ConfigureAwait(false);
        Delivered += _sizes.Count - refusals.Sum(refusal => refusal.Last - refusal.First + 1);
        Bytes += _sizes.Where((_, i) => !refusals.Any(refusal => _answered + 1 + i >= refusal.First && _answered + 1 + i <= refusal.Last)).Sum(size => (long)size);
        _answered += _sizes.Count;
        _sizes.Clear();
        return refusals;
    }

    /// <summary>Whether so much is unanswered that it is time to ask.</summary>
    public bool IsFull => _sizes.Count >= 4096;

    public ValueTask DisposeAsync() => _sender?.DisposeAsync() ?? default;

    /// <summary>What is said of messages that were refused.</summary>
    public PnetException Explain(MessageRefusal refusal)
    {
        var which = _answered == 1 ? "" : refusal.First == refusal.Last ? $"message {refusal.First}: " : $"messages {refusal.First} to {refusal.Last}: ";
        return new PnetException(refusal.Reason.Error, $"{target.Name}: {which}{refusal.Reason.Message}", refusal.Reason.Action, refusal.Reason);
    }
}
