namespace Pnet.Services.Files;

/// <summary>A file or directory as a sender announces it.</summary>
/// <param name="Index">Its number; they count up from 0.</param>
/// <param name="IsFolder">Whether it is a directory.</param>
/// <param name="Path">Its path, from what was named to be copied on.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Mode">Its permission bits.</param>
/// <param name="ModifiedAt">When it was last changed, in nanoseconds since 1970.</param>
internal readonly record struct FileEntry(uint Index, bool IsFolder, string Path, long Size, int Mode, long ModifiedAt)
{
    public void Write(ref FieldWriter fields)
    {
        fields.UInt32(Index);
        fields.Byte(IsFolder ? (byte)1 : (byte)0);
        fields.UInt16((ushort)Mode);
        fields.Int64(Size);
        fields.Int64(ModifiedAt);
        fields.Text(Path);
    }

    /// <exception cref="PnetException">It has another form.</exception>
    public static FileEntry Read(ReadOnlySpan<byte> payload)
    {
        var fields = new FieldReader(payload);
        uint index = fields.UInt32();
        byte kind = fields.Byte();
        int mode = fields.UInt16();
        long size = fields.Int64();
        long modifiedAt = fields.Int64();
        string path = fields.Text();
        fields.End();
        if (kind > 1 || size < 0 || (mode & ~0x1ff) != 0)
            throw FieldReader.Broken("an entry with impossible fields");
        return new FileEntry(index, kind == 1, path, size, mode, modifiedAt);
    }
}
