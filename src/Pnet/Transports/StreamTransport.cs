using System.Net.Sockets;

namespace Pnet.Transports;

/// <summary>Any <see cref="Stream"/>, or a stream for each direction, as a transport.</summary>
/// <remarks>
/// Ending its direction closes the output where it is a stream of its own, shuts down the sending side of a
/// <see cref="NetworkStream"/>, and otherwise only flushes: a stream in itself has no half-close.
/// </remarks>
public sealed class StreamTransport : ITransport
{
    private readonly Stream _input;
    private readonly Stream _output;
    private volatile bool _disposed;

    /// <summary>Takes ownership of a duplex stream.</summary>
    public StreamTransport(Stream stream, string description = "stream")
        : this(stream, stream, description)
    {
    }

    /// <summary>Takes ownership of two streams.</summary>
    /// <param name="input">It is read from.</param>
    /// <param name="output">It is written to.</param>
    /// <param name="description">What a person would recognise it by.</param>
    public StreamTransport(Stream input, Stream output, string description = "stream")
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        (_input, _output, Description) = (input, output, description);
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <summary>Reads some bytes. Whether an empty buffer waits for them is up to the stream.</summary>
    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await _input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(count == 0 && _disposed, this);
        return count;
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _output.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        await _output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default)
    {
        if (!ReferenceEquals(_input, _output))
        {
            await _output.DisposeAsync().ConfigureAwait(false);
            return;
        }

        await _output.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (_output is NetworkStream network)
            network.Socket.Shutdown(SocketShutdown.Send);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await _output.DisposeAsync().ConfigureAwait(false);
        if (!ReferenceEquals(_input, _output))
            await _input.DisposeAsync().ConfigureAwait(false);
    }
}
