using Pnet.Transports;

namespace PnetPS.Blocks;

/// <summary>A transport that tells how often it was read, so that a slow reader can be told from one that has stopped reading.</summary>
internal sealed class ReadCounter(ITransport transport) : ITransport
{
    private long _reads;

    /// <inheritdoc/>
    public string Description => transport.Description;

    /// <inheritdoc/>
    public int? EndStatus => transport.EndStatus;

    /// <summary>The reads that have begun.</summary>
    public long Reads => Interlocked.Read(ref _reads);

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _reads);
        return transport.ReadAsync(buffer, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => transport.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default) => transport.EndAsync(status, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => transport.DisposeAsync();
}
