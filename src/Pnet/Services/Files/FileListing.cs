namespace Pnet.Services.Files;

/// <summary>A file or directory that a node shares, as it is listed.</summary>
/// <param name="Path">Its path, from the shared directory on: what it can be copied by.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Its length in bytes; 0 where it is no file.</param>
/// <param name="Mode">What its owner, its group and others may do with it: the nine permission bits, 0 to 511.</param>
/// <param name="ModifiedAt">When it was last changed.</param>
public sealed record FileListing(string Path, FileKind Kind, long Size, int Mode, DateTimeOffset ModifiedAt)
{
    private const int ModeBits = 0x1ff;

    /// <summary>Kind and mode as <c>ls -l</c> shows them: <c>drwxr-xr-x</c>.</summary>
    public string Permissions => string.Create(10, this, static (text, file) =>
    {
        const string Kinds = "-dlpsc";
        const string Letters = "rwxrwxrwx";
        text[0] = Kinds[(int)file.Kind];
        for (int i = 0; i < Letters.Length; i++)
            text[i + 1] = (file.Mode & (0x100 >> i)) != 0 ? Letters[i] : '-';
    });

    internal static void Write(ref FieldWriter fields, FileFound found)
    {
        fields.Byte((byte)found.State.FileKind);
        fields.UInt16((ushort)found.State.Mode);
        fields.Int64(found.State.IsFile ? found.State.Size : 0);
        fields.Int64(found.State.ModifiedAt);
        fields.Text(found.Path);
    }

    /// <exception cref="PnetException">It has another form, or its path leads elsewhere.</exception>
    internal static FileListing Read(ReadOnlySpan<byte> payload)
    {
        var fields = new FieldReader(payload);
        var (kind, mode, size, modifiedAt, path) = ((FileKind)fields.Byte(), fields.UInt16(), fields.Int64(), fields.Int64(), fields.Text());
        fields.End();
        if (kind > FileKind.Device || size < 0 || (mode & ~ModeBits) != 0)
            throw FieldReader.Broken("a listing with impossible fields");
        FilePath.Split(path);
        return new FileListing(path, kind, size, mode, DateTimeOffset.UnixEpoch.AddTicks(modifiedAt / TimeSpan.NanosecondsPerTick));
    }
}
