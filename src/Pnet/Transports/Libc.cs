using System.Runtime.InteropServices;

namespace Pnet.Transports;

/// <summary>The C library's calls that .NET has no API for.</summary>
/// <remarks>
/// Figures are those of Linux: a caller checks <see cref="OperatingSystem.IsLinux"/> first, except where a member says otherwise.
/// </remarks>
internal static partial class Libc
{
    public const int EINTR = 4;
    public const int EACCES = 13;
    public const int EADDRINUSE = 98;

    private const string Library = "libc";

    /// <summary>The same on every UNIX, given a <c>sockaddr</c> in the platform's own form.</summary>
    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(SafeHandle socket, ReadOnlySpan<byte> address, int length);

    [LibraryImport(Library, EntryPoint = "fchmod", SetLastError = true)]
    public static partial int FChMod(SafeHandle descriptor, uint mode);

    /// <summary>See statx(2); its structure is the same on every architecture.</summary>
    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatX(int directory, string path, int flags, uint mask, Span<byte> result);

    /// <summary>The text of an error number, without the platform's prefix.</summary>
    public static string Describe(int errno) => Marshal.GetPInvokeErrorMessage(errno);
}
