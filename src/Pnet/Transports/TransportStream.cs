namespace Pnet.Transports;

/// <summary>A transport as a <see cref="Stream"/>, for code that wants one; it may block.</summary>
/// <remarks>
/// Code after an <see langword="await"/> of this stream never runs on a thread that polls for I/O, so it may block;
/// that is what the synchronous members do. Closing the stream disposes the transport.
/// </remarks>
public sealed class TransportStream : Stream
{
    private readonly ITransport _transport;

    /// <summary>Takes ownership of a transport.</summary>
    public TransportStream(ITransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        _transport = transport;
    }

    /// <summary>The status the other end finished with; see <see cref="ITransport.EndStatus"/>.</summary>
    public int? EndStatus => _transport.EndStatus;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

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
        int count = await _transport.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        await LeavePollingThread();
        return count;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
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
        ValueTask<int> read = _transport.ReadAsync(buffer.AsMemory(offset, count));
        return read.IsCompleted ? read.GetAwaiter().GetResult() : read.AsTask().GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Wait(_transport.WriteAsync(buffer.AsMemory(offset, count)));

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
        await _transport.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Wait(_transport.DisposeAsync());
        base.Dispose(disposing);
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
