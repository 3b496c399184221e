namespace Pnet.Transports;

/// <summary>A transport as a <see cref="Stream"/>, for code that wants one; it may block.</summary>
/// <remarks>
/// Code after an <see langword="await"/> of this stream never runs on a thread that polls for I/O, so it may block;
/// that is what the synchronous members do. Closing the stream disposes the transport.
/// </remarks>
public sealed class TransportStream : Stream
{
    private readonly ITransport _transport;
    private readonly FileAccess _access;
    private readonly bool _leaveOpen;

    /// <summary>Takes ownership of a transport.</summary>
    public TransportStream(ITransport transport)
        : this(transport, FileAccess.ReadWrite, leaveOpen: false)
    {
    }

    /// <summary>Takes one direction of a transport, or both.</summary>
    /// <param name="transport">The transport.</param>
    /// <param name="access">What the stream is for.</param>
    /// <param name="leaveOpen">Whether closing the stream leaves the transport as it is.</param>
    public TransportStream(ITransport transport, FileAccess access, bool leaveOpen)
    {
        ArgumentNullException.ThrowIfNull(transport);
        (_transport, _access, _leaveOpen) = (transport, access, leaveOpen);
    }

    /// <summary>Whether the other end has ended its direction: a read has returned 0.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The status the other end finished with; see <see cref="ITransport.EndStatus"/>.</summary>
    public int? EndStatus => _transport.EndStatus;

    /// <inheritdoc/>
    public override bool CanRead => _access.HasFlag(FileAccess.Read);

    /// <inheritdoc/>
    public override bool CanWrite => _access.HasFlag(FileAccess.Write);

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <summary>Not supported.</summary>
    public override long Length => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Ends this end's direction; reading goes on.</summary>
    public ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default) => _transport.EndAsync(status, cancellationToken);

    /// <summary>Ends this end's direction; reading goes on.</summary>
    public void End(int? status = null) => Wait(EndAsync(status));

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        CheckReadable();
        int count = await _transport.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        HasEnded |= count == 0 && !buffer.IsEmpty;
        await LeavePollingThread();
        return count;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        CheckWritable();
        await _transport.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        await LeavePollingThread();
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        CheckReadable();
        ValueTask<int> read = _transport.ReadAsync(buffer.AsMemory(offset, count));
        int got = read.IsCompleted ? read.GetAwaiter().GetResult() : read.AsTask().GetAwaiter().GetResult();
        HasEnded |= got == 0 && count > 0;
        return got;
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        CheckWritable();
        Wait(_transport.WriteAsync(buffer.AsMemory(offset, count)));
    }

    /// <summary>Does nothing: a transport keeps nothing back.</summary>
    public override void Flush()
    {
    }

    /// <summary>Does nothing: a transport keeps nothing back.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Not supported.</summary>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (!_leaveOpen)
            await _transport.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_leaveOpen)
            Wait(_transport.DisposeAsync());
        base.Dispose(disposing);
    }

    private void CheckReadable()
    {
        if (!CanRead)
            throw new NotSupportedException("The stream is for writing.");
    }

    private void CheckWritable()
    {
        if (!CanWrite)
            throw new NotSupportedException("The stream is for reading.");
    }

    private static void Wait(ValueTask operation)
    {
        if (operation.IsCompleted)
            operation.GetAwaiter().GetResult();
        else
            operation.AsTask().GetAwaiter().GetResult();
    }

    private static System.Runtime.CompilerServices.ConfiguredTaskAwaitable LeavePollingThread() =>
        Task.CompletedTask.ConfigureAwait(Thread.CurrentThread.IsThreadPoolThread ? ConfigureAwaitOptions.None : ConfigureAwaitOptions.ForceYielding);
}
