using System.Runtime.InteropServices;

namespace Pnet.Transports;

/// <summary>Which file a path leads to: two paths, or one path at two times, lead to the same file when these are equal.</summary>
internal readonly record struct FileIdentity(ulong Device, ulong Inode, bool IsSocket)
{
    private const int AtFdCwd = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const uint TypeModeInode = 0x1 | 0x2 | 0x100;
    private const int FileTypeMask = 0xF000;
    private const int SocketType = 0xC000;

    /// <summary>Looks at a path without following a final link.</summary>
    /// <returns><see langword="null"/> where there is no file, or the platform can't tell.</returns>
    public static FileIdentity? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        Span<byte> statx = stackalloc byte[256];
        if (Libc.StatX(AtFdCwd, path, AtSymlinkNoFollow, TypeModeInode, statx) != 0)
            return null;
        // struct statx: stx_mode at 28, stx_ino at 32, stx_dev_major and stx_dev_minor at 136.
        int type = MemoryMarshal.Read<ushort>(statx[28..]) & FileTypeMask;
        return new FileIdentity(MemoryMarshal.Read<ulong>(statx[136..]), MemoryMarshal.Read<ulong>(statx[32..]), type == SocketType);
    }
}
