using System.Buffers;
using System.IO.Pipelines;

namespace Pnet.Channels;

/// <summary>Reads a channel's input where it lies, and counts what is consumed, for credit.</summary>
internal sealed class ChannelReader(Channel channel, PipeReader inner) : PipeReader
{
    private ReadOnlySequence<byte> _buffer;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfFailed();
        return Keep(await inner.ReadAsync(cancellationToken).ConfigureAwait(false));
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
        // A failing channel cancels the read that waits.
        if (result.IsCanceled)
            ThrowIfFailed(result.Buffer);
        _buffer = result.Buffer;
        return result;
    }

    private void ThrowIfFailed(ReadOnlySequence<byte> open = default)
    {
        if (channel.ReadFailure is not { } failure)
            return;
        if (!open.IsEmpty)
            inner.AdvanceTo(open.Start);
        throw failure;
    }
}
