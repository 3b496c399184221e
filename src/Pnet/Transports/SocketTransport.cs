using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Pnet.Transports;

/// <summary>A connected stream socket as a transport: TCP, UNIX, or one end of a socket pair.</summary>
public sealed class SocketTransport : ITransport
{
    private readonly Socket _socket;

    /// <summary>Takes ownership of a connected socket.</summary>
    /// <param name="socket">A connected stream socket.</param>
    /// <param name="description">What a person would recognise it by.</param>
    public SocketTransport(Socket socket, string description)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(description);
        _socket = socket;
        Description = description;
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <summary>The socket, for its options; reading and writing belong to the transport.</summary>
    internal Socket Socket => _socket;

    /// <summary>Tells who is at the other end of a UNIX socket: whoever called <c>connect</c> or <c>listen</c> there.</summary>
    /// <exception cref="NotSupportedException">The socket is no UNIX socket, or the platform can't tell.</exception>
    public PeerCredentials GetPeerCredentials() => PeerCredentials.Of(_socket);

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw Failure("reading", e, cancellationToken);
        }
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (!buffer.IsEmpty)
                buffer = buffer[await _socket.SendAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
        }
        catch (SocketException e)
        {
            throw Failure("writing", e, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default)
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.NotConnected or SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // The other end is gone, so there is no direction left to end; reading tells how it went.
        }
        catch (SocketException e)
        {
            return ValueTask.FromException(Failure("ending", e, cancellationToken));
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    // Disposal aborts what is pending with OperationAborted; that is no failure of the other end.
    private Exception Failure(string what, SocketException e, CancellationToken cancellationToken) =>
        e.SocketErrorCode != SocketError.OperationAborted ? new IOException($"{Description}: {what} failed: {SocketErrors.Describe(e)}", e)
        : cancellationToken.IsCancellationRequested ? new OperationCanceledException(cancellationToken)
        : new ObjectDisposedException(Description);
}
