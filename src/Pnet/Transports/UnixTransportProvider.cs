using System.Globalization;
using System.Net.Sockets;

namespace Pnet.Transports;

/// <summary><c>unix:///path</c>. To listen, <c>?mode=0600</c> sets who may connect (default: the process's umask).</summary>
public sealed class UnixTransportProvider : ITransportProvider
{
    /// <summary>How long to go on when the listener's queue is full; it means that it lives but is busy.</summary>
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BusyDelay = TimeSpan.FromMilliseconds(10);

    /// <inheritdoc/>
    public string Scheme => "unix";

    /// <inheritdoc/>
    public async ValueTask<ITransport> DialAsync(TransportAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        address.RequireOptions();
        return await DialPathAsync(address.Path, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IListener> ListenAsync(TransportAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        address.RequireOptions("mode");
        UnixFileMode? mode = null;
        if (address.Options.TryGetValue("mode", out string? text))
        {
            mode = text.Length is 3 or 4 && text.All(c => c is >= '0' and <= '7') && Convert.ToInt32(text, 8) is var bits and <= 511
                ? (UnixFileMode)bits
                : throw new FormatException($"Bad mode \"{text}\" in \"{address}\": it is three or four octal digits such as 0600.");
        }

        return await UnixListener.CreateAsync(address.Path, mode, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connects to a socket file.</summary>
    /// <exception cref="PnetException">Nobody listens there, the path is too long, or this user may not.</exception>
    internal static async ValueTask<SocketTransport> DialPathAsync(string path, CancellationToken cancellationToken)
    {
        UnixDomainSocketEndPoint endpoint = UnixListener.EndPointOf(path);
        long deadline = Environment.TickCount64 + (long)BusyTimeout.TotalMilliseconds;
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
                return new SocketTransport(socket, "unix://" + path);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.TryAgain && Environment.TickCount64 < deadline)
            {
                // The queue of a live listener is full: connect(2) on a UNIX socket says EAGAIN rather than wait.
                socket.Dispose();
            }
            catch (SocketException e)
            {
                socket.Dispose();
                throw Failure(path, e);
            }
            catch (OperationCanceledException)
            {
                socket.Dispose();
                throw;
            }

            await Task.Delay(BusyDelay, cancellationToken).ConfigureAwait(false);
        }
    }

    private static PnetException Failure(string path, SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AccessDenied => new PnetException(PnetError.PermissionDenied, $"No permission to connect to {path}",
            "Run as the user that owns the socket, or as root.", e),
        SocketError.ConnectionRefused => new PnetException(PnetError.Unreachable, $"Nobody listens at {path}: the socket was left behind",
            "Start the program that should listen there.", e),
        SocketError.AddressNotAvailable => new PnetException(PnetError.Unreachable, $"There is no socket at {path}",
            "Start the program that should listen there, or correct the path.", e),
        _ => new PnetException(PnetError.Unreachable, string.Create(CultureInfo.InvariantCulture, $"Can't connect to {path}: {SocketErrors.Describe(e)}"), null, e),
    };
}
