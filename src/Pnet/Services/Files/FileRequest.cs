namespace Pnet.Services.Files;

/// <summary>What a client asks of a file service, first of all.</summary>
/// <param name="Sends">Whether the client sends; otherwise it receives.</param>
/// <param name="Collision">What the service is to do with names that are taken, where it receives.</param>
/// <param name="Recurse">Whether directories are sent, where the service sends.</param>
/// <param name="Flush">Whether files are to be on the disk before they get their names, where the service receives.</param>
/// <param name="Into">Whether the destination is a directory in any case, where the service receives.</param>
/// <param name="Paths">The one destination, or what is to be sent.</param>
internal sealed record FileRequest(bool Sends, FileCollision Collision, bool Recurse, bool Flush, bool Into, IReadOnlyList<string> Paths)
{
    /// <summary>The most bytes that the paths may take together.</summary>
    public const int MaxPaths = 4096 + sizeof(ushort);

    private const byte Version = 1;

    public static void Write(ref FieldWriter fields, FileRequest request)
    {
        fields.Byte(Version);
        fields.Byte(request.Sends ? (byte)1 : (byte)2);
        fields.Byte((byte)request.Collision);
        fields.Byte((byte)((request.Recurse ? 1 : 0) | (request.Into ? 2 : 0) | (request.Flush ? 4 : 0)));
        fields.UInt16((ushort)request.Paths.Count);
        foreach (string path in request.Paths)
            fields.Text(path);
    }

    /// <exception cref="PnetException">It has another form, or is of another version.</exception>
    public static FileRequest Read(ReadOnlySpan<byte> payload)
    {
        var fields = new FieldReader(payload);
        byte version = fields.Byte();
        if (version != Version)
            throw FieldReader.Broken($"version {version}; this is version {Version}");
        var (operation, collision, flags, count) = (fields.Byte(), (FileCollision)fields.Byte(), fields.Byte(), fields.UInt16());
        if (operation is not (1 or 2) || collision > FileCollision.Newer || flags > 7 || count == 0 || (operation == 1 && count > 1))
            throw FieldReader.Broken("a request with impossible fields");
        var paths = new string[count];
        for (int i = 0; i < count; i++)
            paths[i] = fields.Text();
        fields.End();
        return new FileRequest(operation == 1, collision, (flags & 1) != 0, (flags & 4) != 0, (flags & 2) != 0, paths);
    }
}
