using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Pnet.Transports;

/// <summary>A connected stream socket as a transport: TCP, UNIX, or one end of a socket pair.</summary>
public sealed class SocketTransport : ITransport
{
    /// <summary>How long disposal waits for reads and writes that are under way to notice it.</summary>
    private static readonly TimeSpan CloseBound = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Operations under way, and one more until disposal.
    private int _users = 1;
    private int _disposed;

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
        Enter();
        try
        {
            int count = await _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            ObjectDisposedException.ThrowIf(count == 0 && Volatile.Read(ref _disposed) != 0, this);
            return count;
        }
        catch (SocketException e)
        {
            throw Failure("reading", e);
        }
        finally
        {
            Leave();
        }
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Enter();
        try
        {
            while (!buffer.IsEmpty)
                buffer = buffer[await _socket.SendAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
        }
        catch (SocketException e)
        {
            throw Failure("writing", e);
        }
        finally
        {
            Leave();
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
            return ValueTask.FromException(Failure("ending", e));
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the socket; what was written before is still delivered.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        // Disposing a socket under a pending read resets the connection, which would take from the other end what it has
        // not received yet. A shutdown ends that read first.
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // Not connected any more: nothing to be careful of.
        }

        Leave();
        await _idle.Task.WaitAsync(CloseBound).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
    }

    private void Enter()
    {
        Interlocked.Increment(ref _users);
        if (Volatile.Read(ref _disposed) != 0)
        {
            Leave();
            throw new ObjectDisposedException(Description);
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            _idle.TrySetResult();
    }

    private Exception Failure(string what, SocketException e) => Volatile.Read(ref _disposed) != 0
        ? new ObjectDisposedException(Description)
        : new IOException($"{Description}: {what} failed: {SocketErrors.Describe(e)}", e);
}
