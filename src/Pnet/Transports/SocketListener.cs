using System.Net.Sockets;

namespace Pnet.Transports;

/// <summary>Accepts sockets and hands them out as transports.</summary>
internal sealed class SocketListener : IListener
{
    /// <summary>Connections that may wait to be accepted.</summary>
    public const int Backlog = 512;

    /// <summary>The pause after an accept that failed for want of descriptors, so that a caller that tries again doesn't spin.</summary>
    private static readonly TimeSpan ShortageDelay = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly Func<Socket, string> _prepare;
    private readonly Action? _closed;
    private int _disposed;

    /// <summary>Takes ownership of a listening socket.</summary>
    /// <param name="socket">It listens already.</param>
    /// <param name="endpoint">See <see cref="IListener.Endpoint"/>.</param>
    /// <param name="prepare">Sets an accepted socket's options and describes it.</param>
    /// <param name="closed">Runs once, after the socket is closed.</param>
    public SocketListener(Socket socket, string endpoint, Func<Socket, string> prepare, Action? closed = null)
    {
        (_socket, Endpoint, _prepare, _closed) = (socket, endpoint, prepare, closed);
    }

    public string Endpoint { get; }

    public async ValueTask<ITransport> AcceptAsync(CancellationToken cancellationToken = default)
    {
        Socket? accepted = null;
        try
        {
            accepted = await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
            return new SocketTransport(accepted, _prepare(accepted));
        }
        catch (SocketException e)
        {
            accepted?.Dispose();
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
            if (e.SocketErrorCode == SocketError.TooManyOpenSockets)
                await Task.Delay(ShortageDelay, cancellationToken).ConfigureAwait(false);
            throw new IOException($"Accepting at {Endpoint} failed: {SocketErrors.Describe(e)}", e);
        }
    }

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _socket.Dispose();
            _closed?.Invoke();
        }

        return ValueTask.CompletedTask;
    }
}
