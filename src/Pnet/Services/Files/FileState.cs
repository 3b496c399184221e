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

    /// <summary>What its owner, its group and others may do with it. The bits that change who runs a program are left out.</summary>
    public int Mode => RawMode & 0x1ff;

    public bool IsFile => (RawMode & KindMask) == 0x8000;

    public bool IsFolder => (RawMode & KindMask) == 0x4000;

    /// <summary>What it is, as a person would say.</summary>
    public string Kind => (RawMode & KindMask) switch
    {
        0x8000 => "a file",
        0x4000 => "a directory",
        0xa000 => "a symbolic link",
        0x1000 => "a FIFO",
        0xc000 => "a socket",
        _ => "a device",
    };
}
