using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>Where managers find a node on the same machine.</summary>
public static class ControlSocket
{
    /// <summary>The environment variable that names the socket (seed 1).</summary>
    public const string Variable = "PNET_SOCKET_PATH";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// The socket's path where none is given: <c>PNET_SOCKET_PATH</c>, else <c>pnet.sock</c> in <c>XDG_RUNTIME_DIR</c>, in
    /// <c>/run</c> for root, or in a directory of the user's below the temporary one.
    /// </summary>
    public static string DefaultPath
    {
        get
        {
            if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
                return given;
            if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime)
                return Path.Combine(runtime, "pnet.sock");
            return Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows()
                ? "/run/pnet.sock"
                : Path.Combine(Path.GetTempPath(), $"pnet-{Environment.UserName}", "pnet.sock");
        }
    }

    internal static async Task<IListener> ListenAsync(string path, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(path);
        // Only the default below the temporary directory needs making, and then for this user alone.
        if (path == DefaultPath && Path.GetDirectoryName(full) is { } directory && !Directory.Exists(directory))
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(directory);
            else
                Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
        }
        try
        {
            return await UnixListener.CreateAsync(full, OwnerOnly, cancellationToken).ConfigureAwait(false);
        }
        catch (PnetException e) when (e.Error == PnetError.AlreadyExists)
        {
            throw new PnetException(PnetError.AlreadyExists, $"a node is running at {path} already", "Use that one, or give this one another socket: -s.", e);
        }
    }

    /// <summary>Takes managers' links until it is disposed.</summary>
    internal static AcceptLoop Serve(IListener listener, Router router, EventLog events) => new(
        listener,
        transport => _ = AttachAsync(transport, router, events),
        e => events.Publish("manager.failed", e.Message, warning: true));

    private static async Task AttachAsync(ITransport transport, Router router, EventLog events)
    {
        try
        {
            await CheckUserAsync(transport).ConfigureAwait(false);
            await router.AttachAsync(transport, new AttachOptions { Manager = true }).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            events.Publish("manager.failed", $"a manager was refused: {e.Message}", warning: true);
        }
    }

    // The file's mode keeps others out already; where the kernel tells, it is asked as well.
    private static async Task CheckUserAsync(ITransport transport)
    {
        if (!OperatingSystem.IsLinux() || transport is not SocketTransport socket)
            return;
        var user = socket.GetPeerCredentials().UserId;
        if (user == 0 || user == PeerCredentials.CurrentUserId)
            return;
        await transport.DisposeAsync().ConfigureAwait(false);
        throw new PnetException(PnetError.PermissionDenied, $"user {user} is neither this node's nor root");
    }
}
