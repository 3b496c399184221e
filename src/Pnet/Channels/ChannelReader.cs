using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Pnet.Channels;

/// <summary>Reads a channel's input where it lies, and counts what is consumed, for credit.</summary>
internal sealed class ChannelReader(Channel channel, PipeReader inner) : PipeReader
{
    private ReadOnlySequence<byte> _buffer;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            ThrowIfFailed();
            var result = await inner.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (!result.IsCanceled)
                return Keep(result);
            // A failing channel cancels the read that waits; one whose end has come is read to that end.
            inner.AdvanceTo(result.Buffer.Start);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        ThrowIfFailed();
        if (!inner.TryRead(out result))
            return false;
        Keep(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var count = _buffer.Slice(0, consumed).Length;
        _buffer = default;
        inner.AdvanceTo(consumed, examined);
        if (count > 0)
            channel.OnConsumed(count);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        // The channel is ended or reset by its own methods: that nobody reads any more is no end.
    }

    private ReadResult Keep(ReadResult result)
    {
        _buffer = result.Buffer;
        return result;
    }

    private void ThrowIfFailed()
    {
        if (channel.ReadFailure is { } failure)
            throw failure;
    }
}
