using Pnet.Transports;

namespace Pnet.Tests.Protocol;

/// <summary>Keeps a copy of each write.</summary>
internal sealed class RecordingTransport(ITransport inner) : ITransport
{
    /// <summary>What was written, one entry a write.</summary>
    public List<byte[]> Writes { get; } = [];

    public string Description => inner.Description;

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Writes.Add(buffer.ToArray());
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default) => inner.EndAsync(status, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
