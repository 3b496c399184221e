namespace Pnet.Transports;

/// <summary>A transport under another description: what a manager calls the bytes that it brings.</summary>
internal sealed class DescribedTransport(ITransport inner, string description) : ITransport
{
    public string Description => description;

    public int? DatagramSize => inner.DatagramSize;

    public int? EndStatus => inner.EndStatus;

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default) => inner.EndAsync(status, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
