using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Pnet.Transports;

/// <summary>Listens at a socket file: takes over one that a dead process left behind, never that of a live one.</summary>
internal static class UnixListener
{
    /// <summary>The longest path in bytes: <c>sun_path</c> of unix(7) without its final NUL.</summary>
    public static int MaxPathBytes => OperatingSystem.IsMacOS() ? 103 : 107;

    /// <summary>A socket between its bind and its listen refuses connections too; a second look tells it from a stale one.</summary>
    private static readonly TimeSpan SecondLook = TimeSpan.FromMilliseconds(50);

    /// <summary>Binds and listens.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="mode">Who may connect, in force before anyone can; <see langword="null"/> for what the umask leaves.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="PnetException">The path is too long, taken by a live process or another kind of file, or may not be made.</exception>
    public static async ValueTask<IListener> CreateAsync(string path, UnixFileMode? mode, CancellationToken cancellationToken)
    {
        UnixDomainSocketEndPoint endpoint = EndPointOf(path);
        for (int attempt = 0; ; attempt++)
        {
            int errno = TryBind(path, endpoint, mode, out Socket? socket);
            if (socket is not null)
            {
                FileIdentity? own = FileIdentity.Of(path);
                return new SocketListener(socket, "unix://" + path, _ => "unix://" + path, () => RemoveOwn(path, own));
            }

            if (errno != Libc.EADDRINUSE || attempt > 0)
                throw Failure(path, errno);
            await RemoveStaleAsync(path, endpoint, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Checks a path's length.</summary>
    /// <exception cref="PnetException">It is too long.</exception>
    public static UnixDomainSocketEndPoint EndPointOf(string path)
    {
        int length = Encoding.UTF8.GetByteCount(path);
        return length is > 0 && length <= MaxPathBytes
            ? new UnixDomainSocketEndPoint(path)
            : throw new PnetException(PnetError.Usage, $"The socket path is {length} bytes long, the limit is {MaxPathBytes}: {path}", "Choose a shorter path.");
    }

    // Bound by bind(2) rather than by Socket.Bind: that would delete whatever is at the path when it is disposed.
    private static int TryBind(string path, UnixDomainSocketEndPoint endpoint, UnixFileMode? mode, out Socket? listening)
    {
        listening = null;
        using var unbound = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        // Linux gives the file the mode of the socket's own inode (less the umask), so it is never wider than asked.
        if (mode is not null && OperatingSystem.IsLinux() && Libc.FChMod(unbound.SafeHandle, (uint)mode) != 0)
            return Marshal.GetLastPInvokeError();
        SocketAddress address = endpoint.Serialize();
        if (Libc.Bind(unbound.SafeHandle, address.Buffer.Span[..address.Size], address.Size) != 0)
            return Marshal.GetLastPInvokeError();
        if (mode is not null && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode.Value);

        // A socket object learns that it is bound when it is made from a descriptor.
        int duplicateCloseOnExec = OperatingSystem.IsLinux() ? Libc.DuplicateCloseOnExec : 67;
        int bound = Libc.Control((int)unbound.SafeHandle.DangerousGetHandle(), duplicateCloseOnExec, 0);
        if (bound < 0)
            return Marshal.GetLastPInvokeError();
        listening = new Socket(new SafeSocketHandle(bound, ownsHandle: true));
        listening.Listen(SocketListener.Backlog);
        return 0;
    }

    private static async ValueTask RemoveStaleAsync(string path, UnixDomainSocketEndPoint endpoint, CancellationToken cancellationToken)
    {
        FileIdentity? found = FileIdentity.Of(path);
        if (found is { IsSocket: false })
            throw new PnetException(PnetError.AlreadyExists, $"{path} exists and is no socket", "Choose another path, or remove the file.");

        await ProbeAsync(path, endpoint, cancellationToken).ConfigureAwait(false);
        await Task.Delay(SecondLook, cancellationToken).ConfigureAwait(false);
        await ProbeAsync(path, endpoint, cancellationToken).ConfigureAwait(false);
        if (FileIdentity.Of(path) == found)
            Remove(path);
    }

    // Returns when nobody listens at the path.
    private static async ValueTask ProbeAsync(string path, UnixDomainSocketEndPoint endpoint, CancellationToken cancellationToken)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable)
        {
            return;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            throw Failure(path, Libc.EACCES);
        }
        catch (SocketException)
        {
            // Anything else, a full queue above all, comes from a live listener.
        }

        throw new PnetException(PnetError.AlreadyExists, $"Another process listens at {path}", "Stop it, or choose another path.");
    }

    private static void RemoveOwn(string path, FileIdentity? own)
    {
        if (FileIdentity.Of(path) == own)
            Remove(path);
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The directory was taken away or closed to us; a file that stays is recognised as stale by the next listener.
        }
    }

    private static PnetException Failure(string path, int errno)
    {
        string? directory = Path.GetDirectoryName(path);
        if (!Directory.Exists(directory))
            return new PnetException(PnetError.NotFound, $"Can't listen at {path}: there is no directory {directory}", $"Create it: mkdir -p {directory}");
        return errno switch
        {
            Libc.EACCES => new PnetException(PnetError.PermissionDenied, $"No permission to listen at {path}", "Choose a path in a directory of your own."),
            Libc.EADDRINUSE => new PnetException(PnetError.AlreadyExists, $"Another process listens at {path}", "Stop it, or choose another path."),
            _ => new PnetException(PnetError.Failed, $"Can't listen at {path}: {Libc.Describe(errno)}"),
        };
    }
}
