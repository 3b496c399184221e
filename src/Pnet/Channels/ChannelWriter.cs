using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Pnet.Frames;
using Pnet.Links;

namespace Pnet.Channels;

/// <summary>Writes to a channel, as far as its credit goes and as there is room on the link.</summary>
/// <remarks>There is one writer at a time. A write that waits allocates nothing.</remarks>
internal sealed class ChannelWriter(Channel channel, RecordWriter link, Operation operation)
{
    private readonly SendTurn _turn = new();
    private long _credit = Wire.InitialCredit;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            channel.ThrowIfNotWritable();
            var length = TakeCredit(Math.Min(buffer.Length, link.PayloadLimit));
            var header = new FrameHeader(operation, channel.Number, length);
            if (length > 0 && link.TryAppendData(header, buffer.Span[..length], _turn))
            {
                buffer = buffer[length..];
                continue;
            }
            Interlocked.Add(ref _credit, length);
            link.Flush();
            await WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        link.Flush();
    }

    /// <summary>Writes the end, behind the data that is laid out already.</summary>
    public async ValueTask EndAsync(ReadOnlyMemory<byte> status, CancellationToken cancellationToken)
    {
        var header = new FrameHeader(Operation.End, channel.Number, status.Length);
        while (channel.Failure is null && !link.TryAppendData(header, status.Span, _turn))
            await WaitAsync(cancellationToken).ConfigureAwait(false);
        link.Flush();
    }

    /// <summary>Takes what the other end lets it send from now on.</summary>
    /// <exception cref="PnetException">It is no credit, or too much.</exception>
    public void OnCredit(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != sizeof(uint))
            throw Violation.Of($"credit of {payload.Length} bytes");
        var credit = Interlocked.Add(ref _credit, BinaryPrimitives.ReadUInt32BigEndian(payload));
        if (credit > Wire.MaxWindow)
            throw Violation.Of($"credit for {credit} bytes on one channel");
    }

    /// <summary>Has whoever waits look again.</summary>
    public void Wake() => _turn.Signal.Set();

    private int TakeCredit(int wanted)
    {
        var length = (int)Math.Min(wanted, Interlocked.Read(ref _credit));
        Interlocked.Add(ref _credit, -length);
        return length;
    }

    private ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        var wait = _turn.Signal.WaitAsync();
        if (channel.Failure is not null)
            _turn.Signal.Set();
        return wait.IsCompleted || !cancellationToken.CanBeCanceled ? wait : CancellableAsync(wait, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask CancellableAsync(ValueTask wait, CancellationToken cancellationToken)
    {
        // A writer that gives up lets itself through; it must not write again before that has happened.
        using (cancellationToken.UnsafeRegister(static s => ((AsyncSignal)s!).Set(), _turn.Signal))
            await wait.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
