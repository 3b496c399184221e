using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Pnet.Channels;

/// <summary>Reads a channel's input where it lies or into a buffer, and counts what is consumed, for credit.</summary>
/// <remarks>
/// There is one reader at a time, so that one operation object serves them all: a read that waits allocates nothing, on
/// whatever thread it goes on.
/// </remarks>
internal sealed class ChannelReader : PipeReader, IValueTaskSource<ReadResult>, IValueTaskSource<int>
{
    private readonly Channel _channel;
    private readonly PipeReader _inner;
    private readonly Action _onRead;
    private ManualResetValueTaskSourceCore<ReadResult> _read;
    private ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter _awaiter;
    private CancellationToken _cancellationToken;
    private ReadOnlySequence<byte> _buffer;
    private Memory<byte> _destination;

    public ChannelReader(Channel channel, PipeReader inner)
    {
        _channel = channel;
        _inner = inner;
        _onRead = OnRead;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            _read.Reset();
            _cancellationToken = cancellationToken;
            return TryRead(out var result, mayWait: true) ? new(result) : new(this, _read.Version);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<ReadResult>(e);
        }
    }

    /// <summary>Reads into a buffer, or with an empty one waits until there is something to be read.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        try
        {
            _read.Reset();
            _cancellationToken = cancellationToken;
            _destination = destination;
            return TryRead(out var result, mayWait: true) ? new(Take(result)) : new(this, _read.Version);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<int>(e);
        }
    }

    public override bool TryRead(out ReadResult result) => TryRead(out result, mayWait: false);

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var count = _buffer.Slice(0, consumed).Length;
        _buffer = default;
        _inner.AdvanceTo(consumed, examined);
        if (count > 0)
            _channel.OnConsumed(count);
    }

    public override void CancelPendingRead() => _inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        // The channel is ended or reset by its own methods: that nobody reads any more is no end.
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _read.GetResult(token);

    int IValueTaskSource<int>.GetResult(short token) => Take(_read.GetResult(token));

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _read.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    // A failing channel cancels the read that waits; one whose end has come is read to that end.
    private bool TryRead(out ReadResult result, bool mayWait)
    {
        while (true)
        {
            if (_channel.ReadFailure is { } failure)
                throw failure;
            if (!mayWait)
            {
                if (!_inner.TryRead(out result))
                    return false;
            }
            else
            {
#pragma warning disable CA2012 // Awaited by hand: its one result is taken here or in OnRead.
                var awaiter = _inner.ReadAsync(_cancellationToken).ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
                if (!awaiter.IsCompleted)
                {
                    result = default;
                    _awaiter = awaiter;
                    awaiter.UnsafeOnCompleted(_onRead);
                    return false;
                }
                result = awaiter.GetResult();
            }
            if (Accept(result))
                return true;
        }
    }

    private void OnRead()
    {
        ReadResult result;
        try
        {
            result = _awaiter.GetResult();
            if (!Accept(result) && !TryRead(out result, mayWait: true))
                return;
        }
        catch (Exception e)
        {
            _read.SetException(e);
            return;
        }
        _read.SetResult(result);
    }

    private bool Accept(ReadResult result)
    {
        if (result.IsCanceled)
        {
            _inner.AdvanceTo(result.Buffer.Start);
            return false;
        }
        _buffer = result.Buffer;
        return true;
    }

    private int Take(ReadResult result)
    {
        var taken = result.Buffer.Length > _destination.Length ? result.Buffer.Slice(0, _destination.Length) : result.Buffer;
        taken.CopyTo(_destination.Span);
        _destination = default;
        var count = (int)taken.Length;
        // With an empty buffer nothing is examined either, so that the next read returns at once.
        AdvanceTo(taken.End);
        return count;
    }
}
