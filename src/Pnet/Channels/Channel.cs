using System.Buffers.Binary;
using System.IO.Pipelines;
using Pnet.Frames;
using Pnet.Links;
using Pnet.Transports;

namespace Pnet.Channels;

/// <summary>
/// A duplex of bytes with flow control to one address over a link. A channel is a transport: a link to a far node
/// runs over one.
/// </summary>
/// <remarks>
/// <code>
///              Accept / first Credit          End sent             End received
/// Bind ──► opening ─────────► open ──► half-closed (local) ──► closed
///    │         │                │  └─► half-closed (remote) ─► closed
///    └─────────┴────────────────┴── Reset / Unreachable / link closed ──► failed
/// </code>
/// The channel's state has one lock, which is never held while a signal is set or a frame is sent.
/// </remarks>
public sealed class Channel : IBufferedTransport, ICuttableTransport
{
    // An array for a few small frames or a large one; the pipe gives it back when it is empty. With smaller ones a full
    // window of small frames needs more arrays than their pool keeps.
    private static readonly PipeOptions InputOptions = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 0, minimumSegmentSize: 16 * 1024, useSynchronizationContext: false);

    private readonly ChannelSet _channels;
    private readonly Lock _lock = new();
    private readonly Pipe _input = new(InputOptions);
    private readonly ChannelReader _reader;
    private readonly ChannelWriter _writer;
    private readonly TaskCompletionSource _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReceiveWindow _window;
    private TaskCompletionSource<PnetException>? _cut;
    private bool _announced;
    private bool _ending;
    private bool _endSent;
    private bool _endReceived;
    private bool _dirty;
    private bool _touched;
    private volatile bool _retired;
    private volatile PnetException? _failure;

    internal Channel(ChannelSet channels, uint number, FrameAddress address, bool binder, BufferBudget budget)
    {
        _channels = channels;
        Number = number;
        Address = address;
        _window = new ReceiveWindow(budget);
        var receive = binder ? Other(address.BinderOperation) : address.BinderOperation;
        ReceiveOperation = receive;
        _writer = new ChannelWriter(this, channels.Link.Writer, Other(receive));
        _reader = new ChannelReader(this, _input.Reader);
    }

    /// <summary>What stands for the address on this link.</summary>
    public uint Number { get; }

    /// <summary>What the channel was bound to.</summary>
    public FrameAddress Address { get; }

    /// <summary>The link it runs over.</summary>
    public Link Link => _channels.Link;

    /// <inheritdoc/>
    public string Description
    {
        get => field ?? (Address.Kind == FrameAddressKind.Service ? $"{Address} at {Link.RemoteId}" : $"via {Link.RemoteId}");
        // A manager's channel is called what the manager calls the bytes that it brings.
        internal set;
    }

    /// <inheritdoc/>
    public int? EndStatus { get; private set; }

    /// <inheritdoc/>
    public PipeReader Input => _reader;

    /// <summary>Whether both directions have ended, or were cut.</summary>
    public bool IsOver => _retired || _failure is not null;

    /// <summary>The most bytes that the other end may have sent and nobody read.</summary>
    internal int Window => _window.Size;

    /// <inheritdoc/>
    bool ICuttableTransport.IsComplete => _endReceived;

    /// <inheritdoc/>
    Task<PnetException> ICuttableTransport.Cut => Cut;

    /// <summary>Completes with the reason when the channel is cut; never when it ends in order.</summary>
    internal Task<PnetException> Cut
    {
        get
        {
            lock (_lock)
            {
                _cut ??= new TaskCompletionSource<PnetException>(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_failure is not null)
                    _cut.TrySetResult(_failure);
                return _cut.Task;
            }
        }
    }

    internal Operation ReceiveOperation { get; }

    /// <summary>Completes when the other end has accepted the channel, however long that takes; fails with its refusal.</summary>
    internal Task Accepted => _accepted.Task;

    /// <summary>Why nothing more can be read: set when the channel failed before the other end had ended its direction.</summary>
    internal PnetException? ReadFailure => _endReceived ? null : _failure;

    /// <summary>Why the channel was cut, where it was.</summary>
    internal PnetException? Failure => _failure;

    /// <summary>Waits until the other end has accepted the channel.</summary>
    /// <exception cref="PnetException">It refused, there is no route, or it did not answer in time.</exception>
    public async Task WaitAcceptedAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _accepted.Task.WaitAsync(_channels.Options.AcceptTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            var failure = new PnetException(PnetError.TimedOut, $"{Address} did not answer within {_channels.Options.AcceptTimeout.TotalSeconds:0.#} s");
            Reset(Reason.From(failure));
            throw failure;
        }
        catch (OperationCanceledException)
        {
            Reset(new Reason(ReasonCode.Closed, "cancelled"));
            throw;
        }
    }

    /// <summary>Begins to count what the other end makes a service hold.</summary>
    internal Holding Hold() => new(_channels.Held, _channels.LimitReached);

    /// <summary>Tells the other end that the channel is accepted. Reading and writing do not need it; a waiting opener does.</summary>
    public void Accept()
    {
        lock (_lock)
        {
            if (_announced || _failure is not null)
                return;
            _announced = true;
        }
        _channels.SendCredit(Number, 0);
        Link.Writer.Flush();
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _reader.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _writer.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_ending || _failure is not null)
                return;
            _ending = true;
        }
        var payload = new byte[status is null ? 0 : sizeof(int)];
        if (status is { } value)
            BinaryPrimitives.WriteInt32BigEndian(payload, value);
        try
        {
            await _writer.EndAsync(payload, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Nothing was said of an end, so that it can be said later.
            lock (_lock)
                _ending = false;
            throw;
        }
        // Not before it is laid out: whoever waits for that must hear of the link's end.
        lock (_lock)
            _endSent = true;
        RetireIfDone();
    }

    /// <summary>Cuts both directions and tells the other end why.</summary>
    public void Reset(Reason reason) => Fail(reason.ToException(), reason);

    /// <summary>Cuts both directions, unless both have ended in order.</summary>
    public ValueTask DisposeAsync()
    {
        Reset(new Reason(ReasonCode.Closed, "closed"));
        return default;
    }

    internal void OnData(ReadOnlySpan<byte> payload)
    {
        lock (_lock)
        {
            if (_failure is not null)
                return;
            if (_endReceived)
                throw Violation.Of("data on a channel after its end");
            _window.Receive(payload.Length);
        }
        _touched = true;
        // In one piece, so that it is written on in one piece.
        payload.CopyTo(_input.Writer.GetSpan(payload.Length));
        _input.Writer.Advance(payload.Length);
        MarkDirty();
    }

    internal void OnCredit(ReadOnlySpan<byte> payload)
    {
        _writer.OnCredit(payload);
        _accepted.TrySetResult();
        _writer.Wake();
    }

    internal void OnEnd(ReadOnlySpan<byte> payload)
    {
        if (payload.Length is not 0 and not sizeof(int))
            throw Violation.Of($"an end of {payload.Length} bytes");
        lock (_lock)
        {
            if (_endReceived)
                throw Violation.Of("a second end on a channel");
            _endReceived = true;
        }
        if (payload.Length > 0)
            EndStatus = BinaryPrimitives.ReadInt32BigEndian(payload);
        // What never announced itself but ended in order was accepted.
        _accepted.TrySetResult();
        MarkDirty();
    }

    internal void ThrowIfNotWritable()
    {
        if (_failure is { } failure)
            throw failure;
        if (_ending)
            throw new InvalidOperationException("The channel's sending direction has ended.");
    }

    internal void OnReset(Reason reason) => Fail(reason.ToException(), null);

    internal void OnLinkClosed(PnetException reason) =>
        Fail(new PnetException(reason.Error, $"the link to {Link.RemoteId} ended: {reason.Message}", reason.Action, reason), null);

    // Wakes the reader, once for all that a batch brought.
    internal void OnBatchEnd()
    {
        _dirty = false;
        if (_endReceived)
        {
            _input.Writer.Complete();
            RetireIfDone();
            return;
        }
        var flush = _input.Writer.FlushAsync();
        if (!flush.IsCompletedSuccessfully)
            throw new InvalidOperationException("A pipe without a threshold never makes its writer wait.");
        flush.GetAwaiter().GetResult();
    }

    // Once in a while: a window that has not been used falls back.
    internal void OnIdleCheck()
    {
        lock (_lock)
        {
            if (!_touched && _failure is null && !_retired)
                _window.Shrink();
        }
        _touched = false;
    }

    internal void OnConsumed(long bytes)
    {
        int grant;
        lock (_lock)
        {
            if (_failure is not null || _retired || _endReceived)
                return;
            grant = _window.Consume((int)bytes, Link.ShortestRoundTrip);
            _announced |= grant > 0;
        }
        if (grant == 0)
            return;
        _channels.SendCredit(Number, grant);
        Link.Writer.Flush();
    }

    private static Operation Other(Operation operation) => operation == Operation.RouteTo ? Operation.RoutedFrom : Operation.RouteTo;

    private void MarkDirty()
    {
        if (_dirty)
            return;
        _dirty = true;
        _channels.MarkDirty(this);
    }

    private void RetireIfDone()
    {
        lock (_lock)
        {
            if (_failure is not null || _retired || !_endSent || !_endReceived)
                return;
            _retired = true;
            _window.Close();
        }
        _channels.Remove(this);
    }

    private void Fail(PnetException failure, Reason? tell)
    {
        lock (_lock)
        {
            if (_failure is not null || _retired)
                return;
            _failure = failure;
            _window.Close();
        }
        _cut?.TrySetResult(failure);
        _accepted.TrySetException(failure);
        // Nobody may be waiting for the acceptance: that is no reason to report it as unobserved.
        _ = _accepted.Task.Exception;
        _channels.Remove(this);
        if (tell is { } reason)
            _channels.SendReset(Number, reason);
        // The pipe's writing end belongs to the reader loop of the link, so that it is the reader that is told.
        _input.Reader.CancelPendingRead();
        _writer.Wake();
    }
}
