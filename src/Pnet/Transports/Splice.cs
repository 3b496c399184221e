using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Pnet.Transports;

/// <summary>Joins two transports: what one sends the other gets, both ways, ends and statuses included.</summary>
/// <remarks>
/// <para>When a side ends, the other one is told with <see cref="ITransport.EndAsync"/> and the same status, and may go on
/// sending. A side that ends with a status has exited, so what is on its way to it is dropped.</para>
/// <para>When a side takes no more (a program that exits before it has read all of its input), what it sent is still
/// delivered. When reading fails, both directions stop.</para>
/// </remarks>
public static class Splice
{
    // What is read at once is written at once, and carriers cut at a little less than 64 KiB: a few bytes less than that
    // make whole pieces, where a round number would leave a crumb behind each.
    private const int BufferBytes = 60 * 1024;
    private const int BusyBufferBytes = 2 * BufferBytes;

    /// <summary>How long a side that takes no more may send nothing before it counts as failed.</summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Carries bytes until both sides have ended. The transports stay the caller's to dispose.</summary>
    /// <exception cref="SpliceException">A side failed; it says which.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<SpliceResult> RunAsync(ITransport a, ITransport b, CancellationToken cancellationToken = default) =>
        RunAsync(a, b, new SpliceCounters(), cancellationToken);

    /// <summary>Carries bytes until both sides have ended, and counts them on the way.</summary>
    /// <inheritdoc cref="RunAsync(ITransport, ITransport, CancellationToken)"/>
    public static async Task<SpliceResult> RunAsync(ITransport a, ITransport b, SpliceCounters counters, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(counters);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var toA = new Output(a, counters, isA: false, stop.Token);
        var toB = new Output(b, counters, isA: true, stop.Token);
        Task<Outcome> fromA = CopyAsync(a, toB);
        Task<Outcome> fromB = CopyAsync(b, toA);

        Task<Outcome> first = await Task.WhenAny(fromA, fromB).ConfigureAwait(false);
        Outcome outcome = await first.ConfigureAwait(false);
        Task<Outcome> second = first == fromA ? fromB : fromA;
        if (outcome.Kind is OutcomeKind.Exited or OutcomeKind.ReadFailed)
            await stop.CancelAsync().ConfigureAwait(false);
        else if (outcome.Kind == OutcomeKind.WriteFailed)
            await DrainAsync(second, second == fromA ? toB : toA, counters, stop).ConfigureAwait(false);
        Outcome other = await second.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();

        // A side that took no more is a failure only when it didn't end by itself afterwards.
        if (outcome.Kind == OutcomeKind.ReadFailed || (outcome.Kind == OutcomeKind.WriteFailed && other.Kind is not (OutcomeKind.Ended or OutcomeKind.Exited)))
            throw new SpliceException(outcome.Side, outcome.Failure!);
        if (other.Kind == OutcomeKind.ReadFailed || (other.Kind == OutcomeKind.WriteFailed && outcome.Kind is not (OutcomeKind.Ended or OutcomeKind.Exited)))
            throw new SpliceException(other.Side, other.Failure!);
        return new SpliceResult(counters.BytesFromA, counters.BytesFromB, a.EndStatus, b.EndStatus);
    }

    private enum OutcomeKind
    {
        Ended,
        Exited,
        Stopped,
        ReadFailed,
        WriteFailed,
    }

    // A reader that takes its time is no reason to drop what it is still to get.
    private static async Task DrainAsync(Task<Outcome> direction, Output output, SpliceCounters counters, CancellationTokenSource stop)
    {
        long before;
        do
        {
            before = counters.BytesFromA + counters.BytesFromB;
            await Task.WhenAny(direction, Task.Delay(DrainTimeout, stop.Token)).ConfigureAwait(false);
        }
        while (!direction.IsCompleted && (output.IsWriting || before != counters.BytesFromA + counters.BytesFromB));
        await stop.CancelAsync().ConfigureAwait(false);
    }

    private static async Task<Outcome> CopyAsync(ITransport from, Output output)
    {
        var (to, stop) = (output.Transport, output.Stop);
        try
        {
            if (from is IBufferedTransport buffered)
                await CopyBuffersAsync(buffered.Input, output).ConfigureAwait(false);
            else
                await CopyBytesAsync(from, output).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new Outcome(OutcomeKind.Stopped, from, null);
        }
        catch (Exception e)
        {
            // Whatever a transport throws is its failure, and reaches the caller as the cause of a SpliceException.
            return output.Failed ? new Outcome(OutcomeKind.WriteFailed, to, e) : new Outcome(OutcomeKind.ReadFailed, from, e);
        }

        int? status = from.EndStatus;
        try
        {
            await to.EndAsync(status, stop).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return stop.IsCancellationRequested ? new Outcome(OutcomeKind.Stopped, from, null) : new Outcome(OutcomeKind.WriteFailed, to, e);
        }

        return new Outcome(status is null ? OutcomeKind.Ended : OutcomeKind.Exited, from, null);
    }

    private static async Task CopyBuffersAsync(PipeReader from, Output output)
    {
        while (true)
        {
            ReadResult result = await from.ReadAsync(output.Stop).ConfigureAwait(false);
            foreach (ReadOnlyMemory<byte> segment in result.Buffer)
                await output.WriteAsync(segment).ConfigureAwait(false);
            from.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
                return;
        }
    }

    private static async Task CopyBytesAsync(ITransport from, Output output)
    {
        byte[]? buffer = null;
        int size = BufferBytes;
        try
        {
            while (true)
            {
                if (buffer is null)
                {
                    // An idle direction holds no buffer.
                    await from.ReadAsync(Memory<byte>.Empty, output.Stop).ConfigureAwait(false);
                    buffer = ArrayPool<byte>.Shared.Rent(size);
                }

                int count = await from.ReadAsync(buffer.AsMemory(0, size), output.Stop).ConfigureAwait(false);
                if (count == 0)
                    return;
                await output.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);

                // A buffer that was filled is read into again: there is more, and likely enough for a larger one.
                bool filled = count == size;
                if (filled && size == BusyBufferBytes)
                    continue;
                size = filled ? BusyBufferBytes : BufferBytes;
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = null;
            }
        }
        finally
        {
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private readonly record struct Outcome(OutcomeKind Kind, ITransport Side, Exception? Failure);

    /// <summary>The writing end of a direction: it counts, and knows whether a failure was its own.</summary>
    private sealed class Output(ITransport to, SpliceCounters counters, bool isA, CancellationToken stop)
    {
        private volatile bool _writing;

        public bool Failed { get; private set; }

        public bool IsWriting => _writing;

        public ITransport Transport => to;

        public CancellationToken Stop => stop;

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            _writing = true;
            try
            {
                await to.WriteAsync(bytes, stop).ConfigureAwait(false);
                counters.Add(isA, bytes.Length);
            }
            catch
            {
                Failed = true;
                throw;
            }
            finally
            {
                _writing = false;
            }
        }
    }
}
