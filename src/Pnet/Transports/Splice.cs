using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Pnet.Transports;

/// <summary>Joins two transports: what one sends the other gets, both ways, ends and statuses included.</summary>
/// <remarks>
/// <para>When a side ends, the other one is told with <see cref="ITransport.EndAsync"/> and the same status, and may go on
/// sending. A side that ends with a status has exited, so what is on its way to it is dropped.</para>
/// <para>When a side takes no more (a program that exits before it has read all of its input), what it sent is still
/// delivered. When reading fails, both directions stop; that is a failure unless the side that was to get it has exited.</para>
/// <para>A side that is cut counts as one that failed, or where it had ended its direction, as one that takes no more: also
/// while neither side says anything.</para>
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
        using var toA = new Output(a, counters, isA: false, stop.Token);
        using var toB = new Output(b, counters, isA: true, stop.Token);
        var over = new TaskCompletionSource();
        Task watching = Task.WhenAll(WatchAsync(a, toA, toB, over.Task), WatchAsync(b, toB, toA, over.Task));
        try
        {
            return await RunAsync(CopyAsync(a, toB), CopyAsync(b, toA), toA, toB, counters, stop, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            over.SetResult();
            await watching.ConfigureAwait(false);
        }
    }

    private static async Task<SpliceResult> RunAsync(
        Task<Outcome> fromA, Task<Outcome> fromB, Output toA, Output toB, SpliceCounters counters, CancellationTokenSource stop, CancellationToken cancellationToken)
    {
        Task<Outcome> first = await Task.WhenAny(fromA, fromB).ConfigureAwait(false);
        Outcome outcome = await first.ConfigureAwait(false);
        Task<Outcome> second = first == fromA ? fromB : fromA;
        if (outcome.Kind is OutcomeKind.Exited or OutcomeKind.ReadFailed)
            await stop.CancelAsync().ConfigureAwait(false);
        else if (outcome.Kind == OutcomeKind.WriteFailed)
            await DrainAsync(second, second == fromA ? toB : toA, outcome.Interrupted, counters, stop).ConfigureAwait(false);
        Outcome other = await second.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();

        // A side that took no more is a failure only when it didn't end by itself afterwards, and one that can't be read only when
        // the other side would still have taken it: a program that exits often has the far end cut off in return.
        // A disk that is full never is what its side wanted.
        if (IsFull(outcome) || (outcome.Kind == OutcomeKind.ReadFailed && other.Kind != OutcomeKind.Exited) || (outcome.Kind == OutcomeKind.WriteFailed && other.Kind is not (OutcomeKind.Ended or OutcomeKind.Exited)))
            throw new SpliceException(outcome.Side, outcome.Failure!);
        if (IsFull(other) || (other.Kind == OutcomeKind.ReadFailed && outcome.Kind != OutcomeKind.Exited) || (other.Kind == OutcomeKind.WriteFailed && outcome.Kind is not (OutcomeKind.Ended or OutcomeKind.Exited)))
            throw new SpliceException(other.Side, other.Failure!);
        return new SpliceResult(counters.BytesFromA, counters.BytesFromB, toA.Transport.EndStatus, toB.Transport.EndStatus);
    }

    private enum OutcomeKind
    {
        Ended,
        Exited,
        Stopped,
        ReadFailed,
        WriteFailed,
    }

    /// <summary>Interrupts the directions when a side is cut, until the splice is over.</summary>
    private static async Task WatchAsync(ITransport side, Output into, Output from, Task over)
    {
        if (side is not ICuttableTransport cuttable || await Task.WhenAny(cuttable.Cut, over).ConfigureAwait(false) == over)
            return;
        // A program that has exited cuts what it doesn't want to read, and is no failure.
        if (side.EndStatus is not null)
            return;
        IOException reason = await cuttable.Cut.ConfigureAwait(false);
        if (cuttable.IsComplete)
            await into.InterruptAsync(OutcomeKind.WriteFailed, side, reason).ConfigureAwait(false);
        else
            await from.InterruptAsync(OutcomeKind.ReadFailed, side, reason).ConfigureAwait(false);
    }

    // A reader that takes its time is no reason to drop what it is still to get; unless the sender was cut.
    private static async Task DrainAsync(Task<Outcome> direction, Output output, bool cut, SpliceCounters counters, CancellationTokenSource stop)
    {
        long before;
        do
        {
            before = counters.BytesFromA + counters.BytesFromB;
            await Task.WhenAny(direction, Task.Delay(DrainTimeout, stop.Token)).ConfigureAwait(false);
        }
        while (!direction.IsCompleted && ((output.IsWriting && !cut) || before != counters.BytesFromA + counters.BytesFromB));
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
            return output.Interruption ?? new Outcome(OutcomeKind.Stopped, from, null);
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
            return stop.IsCancellationRequested
                ? output.Interruption ?? new Outcome(OutcomeKind.Stopped, from, null)
                : new Outcome(OutcomeKind.WriteFailed, to, e);
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

    private static bool IsFull(Outcome outcome) => outcome.Kind == OutcomeKind.WriteFailed && SpliceException.IsFull(outcome.Failure);

    private sealed record Outcome(OutcomeKind Kind, ITransport Side, Exception? Failure, bool Interrupted = false);

    /// <summary>The writing end of a direction: it counts, and knows whether a failure was its own.</summary>
    private sealed class Output(ITransport to, SpliceCounters counters, bool isA, CancellationToken stop) : IDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        private volatile bool _writing;
        private volatile Outcome? _interruption;

        public bool Failed { get; private set; }

        public bool IsWriting => _writing;

        public ITransport Transport => to;

        public CancellationToken Stop => _stop.Token;

        /// <summary>How the direction ended, where it was interrupted.</summary>
        public Outcome? Interruption => _interruption;

        public async Task InterruptAsync(OutcomeKind kind, ITransport side, Exception reason)
        {
            _interruption = new Outcome(kind, side, reason, Interrupted: true);
            await _stop.CancelAsync().ConfigureAwait(false);
        }

        public void Dispose() => _stop.Dispose();

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            _writing = true;
            try
            {
                await to.WriteAsync(bytes, _stop.Token).ConfigureAwait(false);
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
