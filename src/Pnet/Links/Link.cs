using System.Diagnostics;
using Pnet.Addressing;
using Pnet.Crypto;
using Pnet.Frames;
using Pnet.Transports;

namespace Pnet.Links;

/// <summary>
/// An authenticated, encrypted link to one node: a transport, Noise, frames. One reader loop, one writer loop.
/// </summary>
/// <remarks>
/// <code>
/// OpenAsync (handshake) ──► Run ──► open ──┬── CloseAsync (goodbye) ──┐
///                                          ├── goodbye from the peer ─┼──► closed: Completion holds the reason
///                                          └── failure ───────────────┘
/// </code>
/// </remarks>
public sealed class Link : IAsyncDisposable
{
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(1);

    private readonly LinkOptions _options;
    private readonly RecordReader _reader;
    private readonly KeepAlive _keepAlive;
    private readonly (CipherState Send, CipherState Receive) _ciphers;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _endLock = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<PnetException> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PnetException? _end;
    private bool _sayGoodbye;
    private readonly long _began;
    private int _started;

    private Link(ITransport transport, LinkOptions options, HandshakeResult handshake, long began)
    {
        Transport = transport;
        _began = began;
        _options = options;
        RemoteId = handshake.RemoteId;
        RemoteHello = handshake.RemoteHello;
        Initiator = handshake.Initiator;
        Writer = new RecordWriter(transport, handshake.Send);
        _reader = new RecordReader(transport, handshake.Receive);
        _keepAlive = new KeepAlive(Writer, _reader, options.KeepAlive) { IsBeside = LeadsStraightToItsPeer };
        _ciphers = (handshake.Send, handshake.Receive);
    }

    /// <summary>What carries the link.</summary>
    public ITransport Transport { get; }

    /// <summary>The other node's key, proven by the handshake.</summary>
    public NodeId RemoteId { get; }

    /// <summary>What the other node says of itself.</summary>
    public Hello RemoteHello { get; }

    /// <summary>Whether this end spoke first. The initiator binds odd numbers, the other end even ones.</summary>
    public bool Initiator { get; }

    /// <summary>When the other node was authenticated.</summary>
    public DateTimeOffset ConnectedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>Completes with the reason when the link has ended and its transport is closed. Never fails.</summary>
    public Task<PnetException> Completion => _completion.Task;

    /// <summary>The last measured round trip, or <see langword="null"/> before the first.</summary>
    public TimeSpan? RoundTrip => _keepAlive.RoundTrip;

    /// <summary>The shortest round trip measured: the path's own, without what waited on it.</summary>
    internal TimeSpan? ShortestRoundTrip => _keepAlive.ShortestRoundTrip;

    /// <summary>Bytes received from the transport since the handshake.</summary>
    public long BytesReceived => _reader.BytesReceived;

    /// <summary>Bytes given to the transport since the handshake.</summary>
    public long BytesSent => Writer.BytesSent;

    /// <summary>Whether records are in the clear, both ways.</summary>
    internal bool IsClear => Writer.IsClear && _reader.IsClear;

    /// <summary>Whether it is clear already why the link ends.</summary>
    internal bool IsEnding => Volatile.Read(ref _end) is not null;

    /// <summary>The sending half.</summary>
    internal RecordWriter Writer { get; }

    /// <summary>
    /// Runs the handshake. The link takes ownership of the transport, and disposes it when the handshake fails.
    /// </summary>
    /// <exception cref="PnetException">The handshake failed.</exception>
    public static async Task<Link> OpenAsync(ITransport transport, LinkOptions options, CancellationToken cancellationToken = default)
    {
        var began = Stopwatch.GetTimestamp();
        Link link;
        try
        {
            link = new Link(transport, options, await Handshake.RunAsync(transport, options, cancellationToken).ConfigureAwait(false), began);
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        if (Handshake.IdentityMismatch(link.RemoteId, options) is not { } mismatch)
            return link;
        // Only the end that answered gets here: both ends have proven their keys, so that the other one can be told.
        await link.CloseAsync(new Reason(ReasonCode.IdentityMismatch, "identity mismatch: another node was expected here")).ConfigureAwait(false);
        throw mismatch;
    }

    /// <summary>Starts the loops, and waits until the other end has shown that it finished the handshake too.</summary>
    /// <exception cref="PnetException">The other end refused the link, or it ended before.</exception>
    internal async Task RunAsync(IFrameHandler handler, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
            _ = RunLoopsAsync(handler);
        try
        {
            await _ready.Task.WaitAsync(HandshakeLeft(), cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await CloseAsync(new Reason(ReasonCode.TimedOut, "handshake timeout")).ConfigureAwait(false);
            throw new PnetException(PnetError.TimedOut, $"no answer to the handshake came within {_options.HandshakeTimeout.TotalSeconds:0.#} s", "Check the other node's log.");
        }
        catch (OperationCanceledException)
        {
            await CloseAsync(new Reason(ReasonCode.Closed, "cancelled")).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Says goodbye, closes the link, and waits until its transport is closed.</summary>
    public async Task CloseAsync(Reason reason)
    {
        End(reason.ToException(), sayGoodbye: true);
        // A link that never ran has no loops that would end.
        if (Interlocked.Exchange(ref _started, 1) == 0)
            await FinishAsync(WriteAsync()).ConfigureAwait(false);
        await Completion.ConfigureAwait(false);
    }

    /// <summary>Says goodbye and closes the link.</summary>
    public ValueTask DisposeAsync() => new(CloseAsync(new Reason(ReasonCode.Closed, "closed")));

    // The first record is the handshake's last step, and has what the others have left of its time.
    private TimeSpan HandshakeLeft()
    {
        var limit = _options.HandshakeTimeout;
        if (limit == Timeout.InfiniteTimeSpan)
            return limit;
        var left = limit - _options.HandshakeSpent - Stopwatch.GetElapsedTime(_began);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task RunLoopsAsync(IFrameHandler handler)
    {
        var writing = WriteAsync();
        using (new Timer(static state => ((Link)state!).Tick(), this, _keepAlive.Period, _keepAlive.Period))
        {
            _keepAlive.Ask();
            if (_keepAlive.IsBeside)
                Writer.AppendClear();
            Writer.Flush();
            await ReadAsync(new Dispatcher(this, handler)).ConfigureAwait(false);
        }
        // The frame handler hears of the end before anybody else: nothing may wait for a link that is gone.
        handler.OnClosed(_end!);
        await FinishAsync(writing).ConfigureAwait(false);
    }

    private async Task FinishAsync(Task writing)
    {
        if (_sayGoodbye)
            SendGoodbye(_end!);
        Writer.Close();
        try
        {
            await writing.WaitAsync(GoodbyeTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The other end takes nothing any more; the transport is closed under the writer.
        }
        await DisposeTransportAsync().ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        _reader.Release();
        _ciphers.Send.Dispose();
        _ciphers.Receive.Dispose();
        _ready.TrySetException(_end!);
        // Nobody may have waited for it: that is no reason to report it as unobserved.
        _ = _ready.Task.Exception;
        _completion.TrySetResult(_end!);
    }

    // The other process told its mark within the handshake, and the kernel the mark of the one at the socket's other end. They differ
    // where something that forwards sockets stands between, over who knows what.
    private bool LeadsStraightToItsPeer =>
        _options.Local && !RemoteHello.Process.IsEmpty && RemoteHello.Process.Span.SequenceEqual(LocalProcess.MarkAtOtherEnd(Transport));

    private async Task ReadAsync(Dispatcher dispatcher)
    {
        try
        {
            while (await _reader.ReadAsync(dispatcher, _stop.Token).ConfigureAwait(false))
            {
                // Before the link counts as made: a goodbye may be all that the other end has to say.
                if (dispatcher.Goodbye is { } goodbye)
                {
                    End(goodbye.ToException("closed by the other node"), sayGoodbye: false);
                    return;
                }
                if (_reader.HasOpened)
                    _ready.TrySetResult();
                if (Writer.Backlogged)
                    await Writer.WaitForBacklogAsync().AsTask().WaitAsync(_stop.Token).ConfigureAwait(false);
            }
            End(TransportEnded(), sayGoodbye: false);
        }
        catch (PnetException e) when (e.Error == PnetError.Protocol)
        {
            End(e, sayGoodbye: true);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Whoever cancelled has set the reason.
        }
        catch (Exception e)
        {
            // Whatever it is, a loop that ends ends the link with a reason, and never the node.
            End(Lost(e), sayGoodbye: false);
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            // No token: a goodbye is still to be sent after the link was stopped. Closing the transport ends a write that hangs.
            await Writer.RunAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever a transport throws is its failure. Where the other end has closed it, a goodbye that says why may still be unread.
            await Task.Delay(GoodbyeTimeout, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            End(Lost(e), sayGoodbye: false);
        }
    }

    private PnetException TransportEnded() => RefusedAtHandshake ?? new PnetException(PnetError.Closed, $"the transport ended{TransportEnd.Describe(Transport)}");

    private PnetException Lost(Exception e) => e switch
    {
        PnetException p => p,
        IOException or ObjectDisposedException => RefusedAtHandshake ?? new PnetException(PnetError.Closed, $"the transport failed: {e.Message}", null, e),
        _ => new PnetException(PnetError.Failed, $"an unexpected {e.GetType().Name}: {e.Message}", "Please report it.", e),
    };

    // With XXpsk3 the end that sends the last handshake message is not told that the other one can't read it.
    private PnetException? RefusedAtHandshake => _ready.Task.IsCompletedSuccessfully || _options.NetworkKey is null
        ? null
        : new PnetException(PnetError.NetworkKeyMismatch, "the other node ended the link at the last handshake message: its network key differs, most likely", "Give both nodes the same --network-key.");

    private async Task DisposeTransportAsync()
    {
        try
        {
            await Transport.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The link is over either way: what closing it ran into becomes part of the reason.
            _end = new PnetException(_end!.Error, $"{_end.Message} (closing the transport failed: {e.Message})", _end.Action, e);
        }
    }

    private void End(PnetException reason, bool sayGoodbye)
    {
        lock (_endLock)
        {
            if (_end is not null)
                return;
            _end = reason;
            _sayGoodbye = sayGoodbye;
        }
        // Never disposed of: the link may be gone by the time that this runs, and it holds nothing but its waiters.
        _stop.Cancel();
    }

    private void SendGoodbye(PnetException end)
    {
        Span<byte> payload = stackalloc byte[Reason.MaxSize];
        var length = Reason.From(end).Write(payload);
        Writer.AppendControl(new FrameHeader(Operation.Goodbye, 0, length), payload[..length]);
    }

    private void Tick()
    {
        if (!_keepAlive.Check())
            End(new PnetException(PnetError.TimedOut, $"nothing was heard for {_options.KeepAlive.TotalSeconds:0.#} s"), sayGoodbye: false);
    }

    private void OnClear(ReadOnlySpan<byte> payload)
    {
        if (!_options.Local)
            throw Violation.Of("records in the clear, on a link that is no manager's");
        if (!payload.IsEmpty)
            throw Violation.Of($"a Clear of {payload.Length} bytes");
        _reader.Clear();
    }

    /// <summary>Keeps the link's own frames and passes the others on.</summary>
    private sealed class Dispatcher(Link link, IFrameHandler handler) : IFrameHandler
    {
        public Reason? Goodbye { get; private set; }

        public void OnFrame(FrameHeader header, ReadOnlySpan<byte> payload)
        {
            if (Goodbye is not null)
                throw Violation.Of("a frame after the goodbye");
            if (header.Operation is Operation.KeepAlive or Operation.Goodbye or Operation.Clear && header.Number != 0)
                throw Violation.Of($"a {header.Operation} with number {header.Number}");
            switch (header.Operation)
            {
                case Operation.KeepAlive:
                    link._keepAlive.OnFrame(payload);
                    break;
                case Operation.Goodbye:
                    Goodbye = Reason.Read(payload);
                    break;
                case Operation.Clear:
                    link.OnClear(payload);
                    break;
                default:
                    handler.OnFrame(header, payload);
                    break;
            }
        }

        public void OnBatchEnd()
        {
            handler.OnBatchEnd();
            link.Writer.Flush();
        }

        public void OnClosed(PnetException reason) => handler.OnClosed(reason);
    }
}
