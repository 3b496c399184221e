using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Pnet.Transports;

/// <summary>
/// A mark that a process of this machine has and no other one anywhere, and which one the kernel says is at the other end of a UNIX
/// socket. Whoever is told the other end's mark over the socket itself finds out whether a forwarder stands between (Linux).
/// </summary>
internal static class LocalProcess
{
    /// <summary>Bytes in a mark.</summary>
    public const int MarkSize = SHA256.HashSizeInBytes;

    // A process id means something within its namespace and until the next start of the machine.
    private const string BootFile = "/proc/sys/kernel/random/boot_id";
    private const string NamespaceLink = "/proc/self/ns/pid";

    /// <summary>This process's mark; <see langword="null"/> where the system doesn't tell.</summary>
    public static byte[]? Mark => MarkOf(Environment.ProcessId);

    /// <summary>
    /// The mark of the process that connected the other end of a UNIX socket, or listened there; this one's for a transport in memory, and
    /// <see langword="null"/> for any other.
    /// </summary>
    public static byte[]? MarkAtOtherEnd(ITransport transport)
    {
        if (transport is MemoryTransport)
            return Mark;
        if (!OperatingSystem.IsLinux() || transport is not SocketTransport socket)
            return null;
        try
        {
            return socket.Socket.AddressFamily == AddressFamily.Unix ? MarkOf(socket.GetPeerCredentials().ProcessId) : null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was closed meanwhile.
            return null;
        }
    }

    // A process of another namespace has no id here, which the kernel tells as 0.
    private static byte[]? MarkOf(int process)
    {
        if (!OperatingSystem.IsLinux() || process <= 0)
            return null;
        try
        {
            var boot = File.ReadAllText(BootFile).Trim();
            var space = new FileInfo(NamespaceLink).LinkTarget;
            return space is null ? null : SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{boot} {space} {process}")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No /proc, or one that is closed to us: then it isn't known.
            return null;
        }
    }
}
