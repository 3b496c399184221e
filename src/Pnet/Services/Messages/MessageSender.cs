using System.IO.Pipelines;
using Pnet.Addressing;
using Pnet.Frames;
using Pnet.Transports;

namespace Pnet.Services.Messages;

/// <summary>
/// Sends any number of messages to one node, without waiting for the answer to each: they leave together, and are acknowledged
/// together once they are in the node's inbox.
/// </summary>
/// <remarks>One caller at a time may post; others may flush meanwhile.</remarks>
public sealed class MessageSender : IAsyncDisposable
{
    // What is posted and not on its way yet.
    private const int Backlog = 256 * 1024;
    private const int Part = 64 * 1024;

    // Refusals that are told one by one where the way is lost.
    private const int MaxTold = 8;

    private readonly TransportStream _stream;
    private readonly Pipe _output = new(new PipeOptions(pauseWriterThreshold: Backlog, resumeWriterThreshold: Backlog / 2, minimumSegmentSize: 16 * 1024, useSynchronizationContext: false));
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writing;
    private readonly Task _reading;
    private List<MessageRefusal> _refusals = [];
    private TaskCompletionSource? _answer;
    private long _posted;
    private long _answered;
    private PnetException? _failure;
    private int _disposed;

    private MessageSender(ITransport transport)
    {
        _stream = new TransportStream(transport);
        _writing = RunAsync(WriteAsync);
        _reading = RunAsync(ReadAsync);
    }

    /// <summary>Messages posted so far.</summary>
    public long Posted => Interlocked.Read(ref _posted);

    /// <summary>Opens the way to a node's inbox.</summary>
    /// <exception cref="PnetException">The node can't be reached, or doesn't know this one.</exception>
    public static async Task<MessageSender> OpenAsync(IServiceOpener node, AddressPath target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(target);
        return new MessageSender(await node.OpenAsync(target.WithService(MessageIntake.ServiceName), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Hands a message over to be sent; waits only while too much is on its way.</summary>
    /// <returns>The message's number, from 1.</returns>
    /// <exception cref="PnetException">It is too long, or the way to the node has failed: it says which messages were refused, and which may or may not have arrived.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; in the middle of a message that ends this sender.</exception>
    public async ValueTask<long> PostAsync(Message message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        message.Check();
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfFailed();
        MessageWire.WriteHeader(_output.Writer.GetSpan(MessageWire.HeaderSize), (byte)message.Kind, message.Body.Length);
        _output.Writer.Advance(MessageWire.HeaderSize);
        var number = Interlocked.Increment(ref _posted);
        try
        {
            var body = message.Body;
            do
            {
                var part = body[..Math.Min(body.Length, Part)];
                part.Span.CopyTo(_output.Writer.GetSpan(Math.Max(1, part.Length)));
                _output.Writer.Advance(part.Length);
                body = body[part.Length..];
                if ((await _output.Writer.FlushAsync(cancellationToken).ConfigureAwait(false)).IsCompleted)
                    ThrowIfFailed();
            }
            while (!body.IsEmpty);
        }
        catch (OperationCanceledException)
        {
            // Half a message is on its way: nothing can follow it.
            Fail(new PnetException(PnetError.Closed, "sending was cancelled in the middle of a message"));
            throw;
        }
        return number;
    }

    /// <summary>Waits until everything that was posted so far is answered.</summary>
    /// <returns>What was refused since the last flush, in the order of the messages; all else is in the inbox.</returns>
    /// <exception cref="PnetException">The way to the node failed before: it says which messages were refused, and which may or may not have arrived.</exception>
    public async Task<IReadOnlyList<MessageRefusal>> FlushAsync(CancellationToken cancellationToken = default)
    {
        var upTo = Posted;
        while (true)
        {
            Task answer;
            lock (_lock)
            {
                if (_answered >= upTo)
                {
                    var refusals = _refusals;
                    _refusals = [];
                    return refusals;
                }
                if (_failure is not null)
                    throw Unanswered(_failure, upTo);
                _answer ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                answer = _answer.Task;
            }
            await answer.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the way to the node. What was not flushed may be lost.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _stop.CancelAsync().ConfigureAwait(false);
        Fail(new PnetException(PnetError.Closed, "the sender was closed"));
        await _stream.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_writing, _reading).ConfigureAwait(false);
        await _output.Writer.CompleteAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync(Func<CancellationToken, Task> loop)
    {
        try
        {
            await loop(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            Fail(e as PnetException ?? new PnetException(PnetError.Closed, "the way to the node was closed", null, e));
            // Whoever writes, or waits to post, may wait for a node that takes nothing any more.
            await _stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var result = await _output.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                foreach (var part in result.Buffer)
                    await _stream.WriteAsync(part, cancellationToken).ConfigureAwait(false);
                _output.Reader.AdvanceTo(result.Buffer.End);
            }
        }
        finally
        {
            await _output.Reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var input = PipeReader.Create(_stream, new StreamPipeReaderOptions(leaveOpen: true));
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var rest = result.Buffer;
            while (MessageWire.TryReadVerdict(ref rest, out var last, out var reason))
                OnVerdict(last, reason);
            input.AdvanceTo(rest.Start, result.Buffer.End);
            if (result.IsCompleted)
                throw new PnetException(PnetError.Closed, "the node took no more messages");
        }
    }

    private void OnVerdict(long last, Reason? reason)
    {
        TaskCompletionSource? answer;
        lock (_lock)
        {
            if (last <= _answered || last > Posted)
                throw Violation.Of($"messages: a verdict on message {last}, after {_answered} of {Posted}");
            if (reason is { } why)
                AddRefusal(new MessageRefusal(_answered + 1, last, why.ToException()));
            _answered = last;
            (answer, _answer) = (_answer, null);
        }
        answer?.SetResult();
    }

    // Whoever posts for long without looking gets one entry for a full inbox, and not a million.
    private void AddRefusal(MessageRefusal refusal)
    {
        if (_refusals.Count > 0 && _refusals[^1] is var before && before.Last + 1 == refusal.First && before.Reason.Message == refusal.Reason.Message)
            _refusals[^1] = before with { Last = refusal.Last };
        else
            _refusals.Add(refusal);
    }

    private void Fail(PnetException failure)
    {
        TaskCompletionSource? answer;
        lock (_lock)
        {
            _failure ??= failure;
            (answer, _answer) = (_answer, null);
        }
        answer?.SetResult();
    }

    // Between the inbox and the answer nobody here can know: whoever sends again may send twice, and is told so. What is known to be refused is
    // told now or never.
    private PnetException Unanswered(PnetException failure, long upTo)
    {
        List<string> known = [failure.Message, .. _refusals.Take(MaxTold).Select(refusal => $"{Which(refusal.First, refusal.Last)} refused: {refusal.Reason.Message}")];
        if (_refusals.Count > MaxTold)
            known.Add($"{_refusals.Skip(MaxTold).Sum(refusal => refusal.Last - refusal.First + 1)} more up to {_refusals[^1].Last} were refused");
        if (_answered < upTo)
            known.Add($"{(upTo == 1 ? "the message was" : Which(_answered + 1, upTo))} not answered, and may have arrived");
        return new PnetException(failure.Error, string.Join("; ", known), failure.Action, failure);
    }

    private static string Which(long first, long last) => first == last ? $"message {last} was" : $"messages {first} to {last} were";

    private void ThrowIfFailed()
    {
        lock (_lock)
        {
            if (_failure is not null)
                throw Unanswered(_failure, Posted);
        }
    }
}
