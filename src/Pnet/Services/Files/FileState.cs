namespace Pnet.Services.Files;

/// <summary>What the file system says of a file.</summary>
/// <param name="RawMode">Its kind and its permission bits (<c>st_mode</c>).</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="ModifiedAt">When it was last changed, in nanoseconds since 1970.</param>
/// <param name="Links">How many names it has.</param>
/// <param name="Owner">The user that it belongs to.</param>
/// <param name="Number">Its inode's number: which file it is, whatever it is called.</param>
internal readonly record struct FileState(int RawMode, long Size, long ModifiedAt, uint Links, uint Owner, ulong Number)
{
    public const long NanosecondsPerSecond = 1_000_000_000;

    private const int KindMask = 0xf000;

    /// <summary>A time as nanoseconds since 1970: the last or first that there is of those for one beyond 2262 or before 1678.</summary>
    public static long TimeOf(long seconds, uint nanoseconds)
    {
        const long Most = (long.MaxValue / NanosecondsPerSecond) - 1;
        return (Math.Clamp(seconds, -Most, Most) * NanosecondsPerSecond) + nanoseconds;
    }

    /// <summary>What its owner, its group and others may do with it. The bits that change who runs a program are left out.</summary>
    public int Mode => RawMode & 0x1ff;

    public bool IsFile => FileKind == FileKind.File;

    public bool IsFolder => FileKind == FileKind.Directory;

    /// <summary>What it is.</summary>
    public FileKind FileKind => (RawMode & KindMask) switch
    {
        0x8000 => FileKind.File,
        0x4000 => FileKind.Directory,
        0xa000 => FileKind.Link,
        0x1000 => FileKind.Fifo,
        0xc000 => FileKind.Socket,
        _ => FileKind.Device,
    };

    /// <summary>What it is, as a person would say.</summary>
    public string Kind => FileKind switch
    {
        FileKind.File => "a file",
        FileKind.Directory => "a directory",
        FileKind.Link => "a symbolic link",
        FileKind.Fifo => "a FIFO",
        FileKind.Socket => "a socket",
        _ => "a device",
    };
}
