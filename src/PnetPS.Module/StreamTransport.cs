using System.Net.Sockets;
using Pnet.Transports;

namespace PnetPS;

/// <summary>A user's stream as a transport. A stream that can't be half-closed stays open until both directions have ended.</summary>
internal sealed class StreamTransport(Stream stream, string description) : ITransport
{
    /// <inheritdoc/>
    public string Description => description;

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => stream.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await stream.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default)
    {
        if (stream is NetworkStream network)
            network.Socket.Shutdown(SocketShutdown.Send);
        else if (stream is R2Stream tunnel)
            await tunnel.EndWriteAsync(status).ConfigureAwait(false);
        else
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
