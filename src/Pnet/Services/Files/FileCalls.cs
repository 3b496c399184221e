using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pnet.Transports;

namespace Pnet.Services.Files;

/// <summary>The kernel's calls that name a file within an open directory, so that nobody can swap the way to it.</summary>
/// <remarks>Figures are those of Linux.</remarks>
internal static partial class FileCalls
{
    public const int ENOENT = 2;
    public const int EEXIST = 17;
    public const int ENOTDIR = 20;
    public const int EINVAL = 22;
    public const int ELOOP = 40;

    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;

    /// <summary>A mode: the owner may read and write, nobody else anything.</summary>
    public const int OwnersAlone = 0x180;

    /// <summary>rename(2) fails where the new name is taken.</summary>
    public const uint NoReplace = 1;

    private const int NonBlock = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int NoFollowAt = 0x100;
    private const int EmptyPath = 0x1000;
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;
    private const uint BasicStatus = 0x7ff;
    private const int StatusSize = 256;
    private const long OmitTime = (1 << 30) - 2;
    private const string Library = "libc";

    // These two differ between processors; see fcntl.h.
    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64;

    private static int NoFollow => IsArm ? 0x8000 : 0x20000;

    private static int OnlyDirectory => IsArm ? 0x4000 : 0x10000;

    /// <summary>Opens a directory by its path, as a user names it: links on the way are followed.</summary>
    public static SafeFileHandle OpenRoot(string path)
    {
        if (!OperatingSystem.IsLinux())
            throw new PnetException(PnetError.Failed, "files can be copied on Linux only", "Use a tunnel to another program on this system.");
        int descriptor = Open(path, OnlyDirectory | CloseOnExec);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw FileFailure.Of(Marshal.GetLastPInvokeError(), path);
    }

    /// <summary>Opens a file for reading by its path, as a user names it: links are followed, and nothing waits for a FIFO.</summary>
    public static SafeFileHandle OpenPath(string path) => Owned(Open(path, ReadOnly | NonBlock | CloseOnExec), path);

    /// <summary>Opens a directory in a directory; a link in its place is refused.</summary>
    public static SafeFileHandle OpenFolder(SafeFileHandle folder, string name, string what) =>
        Owned(OpenAt(folder, name, OnlyDirectory | NoFollow | CloseOnExec, 0), what);

    /// <summary>Opens a file in a directory; a link in its place is refused, and nothing waits for a FIFO.</summary>
    public static SafeFileHandle OpenFile(SafeFileHandle folder, string name, int flags, string what) =>
        Owned(OpenAt(folder, name, flags | NoFollow | NonBlock | CloseOnExec, OwnersAlone), what);

    /// <summary>Opens a file in a directory where it is there, or, with <see cref="Exclusive"/>, makes it where it isn't.</summary>
    public static SafeFileHandle? TryOpenFile(SafeFileHandle folder, string name, int flags, string what, int mode = OwnersAlone)
    {
        int descriptor = OpenAt(folder, name, flags | NoFollow | NonBlock | CloseOnExec, (uint)mode);
        return descriptor < 0 && Marshal.GetLastPInvokeError() is ENOENT or EEXIST ? null : Owned(descriptor, what);
    }

    /// <summary>Tells what is there under a name, without following a link; <see langword="null"/> where nothing is.</summary>
    public static FileState? TryStat(SafeFileHandle folder, string name, string what)
    {
        Span<byte> status = stackalloc byte[StatusSize];
        if (StatX(folder, name, NoFollowAt, BasicStatus, status) == 0)
            return Read(status);
        int error = Marshal.GetLastPInvokeError();
        return error == ENOENT ? null : throw FileFailure.Of(error, what);
    }

    /// <summary>Tells what an open file is.</summary>
    public static FileState Stat(SafeFileHandle file, string what)
    {
        Span<byte> status = stackalloc byte[StatusSize];
        return StatX(file, "", EmptyPath, BasicStatus, status) == 0 ? Read(status) : throw FileFailure.Of(Marshal.GetLastPInvokeError(), what);
    }

    /// <summary>Makes a directory.</summary>
    /// <returns>Whether it was made; otherwise something is there already.</returns>
    public static bool MakeFolder(SafeFileHandle folder, string name, int mode, string what)
    {
        if (MkDirAt(folder, name, (uint)mode) == 0)
            return true;
        int error = Marshal.GetLastPInvokeError();
        return error == EEXIST ? false : throw FileFailure.Of(error, what);
    }

    /// <summary>Gives a file another name in its directory.</summary>
    /// <returns>Whether it has it; otherwise the name is taken and <paramref name="replace"/> is not set.</returns>
    public static bool Rename(SafeFileHandle folder, string from, string to, bool replace, string what)
    {
        if (RenameAt2(folder, from, folder, to, replace ? 0 : NoReplace) == 0)
            return true;
        int error = Marshal.GetLastPInvokeError();
        // Some file systems can't refuse to replace; a second name for the file says the same.
        if (error == EINVAL && !replace)
        {
            if (LinkAt(folder, from, folder, to, 0) == 0)
                return Remove(folder, from);
            error = Marshal.GetLastPInvokeError();
        }
        return error == EEXIST && !replace ? false : throw FileFailure.Of(error, what);
    }

    /// <summary>Removes a file where it is there.</summary>
    public static bool Remove(SafeFileHandle folder, string name) => UnlinkAt(folder, name, 0) == 0;

    /// <summary>Takes a file for this opener alone.</summary>
    /// <returns>Whether nobody else had it.</returns>
    public static bool Lock(SafeFileHandle file) => FLock(file, LockExclusive | LockNonBlocking) == 0;

    /// <summary>Sets what a file's owner and others may do with it, and when it was last changed.</summary>
    public static void SetMetadata(SafeFileHandle file, int mode, long modifiedAt, string what)
    {
        SetMode(file, mode, what);
        SetTime(file, modifiedAt, what);
    }

    /// <summary>Sets what the owner of a file or directory and others may do with it.</summary>
    public static void SetMode(SafeFileHandle file, int mode, string what)
    {
        if (Libc.FChMod(file, (uint)mode) != 0)
            throw FileFailure.Of(Marshal.GetLastPInvokeError(), what);
    }

    /// <summary>Sets when a file or directory was last changed.</summary>
    public static void SetTime(SafeFileHandle file, long modifiedAt, string what)
    {
        long seconds = Math.DivRem(modifiedAt, FileState.NanosecondsPerSecond, out long rest);
        if (rest < 0)
            (seconds, rest) = (seconds - 1, rest + FileState.NanosecondsPerSecond);
        // Twice seconds and nanoseconds; the time of the last reading stays.
        if (FUTimeNs(file, [0, OmitTime, seconds, rest]) != 0)
            throw FileFailure.Of(Marshal.GetLastPInvokeError(), what);
    }

    /// <summary>Waits until all is on the disk that was written to a directory's file system, names too.</summary>
    public static void FlushSystem(SafeFileHandle folder)
    {
        if (SyncFs(folder) != 0)
            throw FileFailure.Of(Marshal.GetLastPInvokeError(), "the disk");
    }

    private static SafeFileHandle Owned(int descriptor, string what) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw FileFailure.Of(Marshal.GetLastPInvokeError(), what);

    // struct statx, the same on every processor.
    private static FileState Read(ReadOnlySpan<byte> status)
    {
        var links = BinaryPrimitives.ReadUInt32LittleEndian(status[0x10..]);
        var mode = BinaryPrimitives.ReadUInt16LittleEndian(status[0x1c..]);
        var size = BinaryPrimitives.ReadInt64LittleEndian(status[0x28..]);
        var seconds = BinaryPrimitives.ReadInt64LittleEndian(status[0x70..]);
        var nanoseconds = BinaryPrimitives.ReadUInt32LittleEndian(status[0x78..]);
        var owner = BinaryPrimitives.ReadUInt32LittleEndian(status[0x14..]);
        var number = BinaryPrimitives.ReadUInt64LittleEndian(status[0x20..]);
        return new FileState(mode, size, FileState.TimeOf(seconds, nanoseconds), links, owner, number);
    }

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAt(SafeFileHandle folder, string name, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(SafeFileHandle folder, string name, int flags, uint mask, Span<byte> status);

    [LibraryImport(Library, EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkDirAt(SafeFileHandle folder, string name, uint mode);

    [LibraryImport(Library, EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(SafeFileHandle from, string old, SafeFileHandle to, string @new, uint flags);

    [LibraryImport(Library, EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkAt(SafeFileHandle from, string old, SafeFileHandle to, string @new, int flags);

    [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkAt(SafeFileHandle folder, string name, int flags);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle file, int operation);

    [LibraryImport(Library, EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFs(SafeFileHandle folder);

    [LibraryImport(Library, EntryPoint = "futimens", SetLastError = true)]
    private static partial int FUTimeNs(SafeFileHandle file, ReadOnlySpan<long> times);
}
