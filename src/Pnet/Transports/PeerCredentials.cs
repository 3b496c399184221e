using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Pnet.Transports;

/// <summary>Who is at the other end of a UNIX socket, as the kernel knows it.</summary>
/// <param name="UserId">The effective user id when it connected; 0 is root.</param>
/// <param name="ProcessId">The process that connected.</param>
public readonly partial record struct PeerCredentials(uint UserId, int ProcessId)
{
    // unix(7): SO_PEERCRED gives struct ucred { pid_t pid; uid_t uid; gid_t gid; }.
    private const int SolSocket = 1;
    private const int SoPeercred = 17;

    /// <summary>The effective user id of this process.</summary>
    internal static uint CurrentUserId => GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();

    internal static PeerCredentials Of(Socket socket)
    {
        if (!OperatingSystem.IsLinux() || socket.AddressFamily != AddressFamily.Unix)
            throw new NotSupportedException("Only a UNIX socket on Linux tells who is at its other end.");
        Span<byte> ucred = stackalloc byte[12];
        socket.GetRawSocketOption(SolSocket, SoPeercred, ucred);
        return new PeerCredentials(MemoryMarshal.Read<uint>(ucred[4..]), MemoryMarshal.Read<int>(ucred));
    }
}
