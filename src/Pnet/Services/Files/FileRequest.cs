namespace Pnet.Services.Files;

/// <summary>What a client asks of a file service, first of all.</summary>
/// <param name="Operation">What it wants.</param>
/// <param name="Paths">The one destination, or what is to be sent or listed.</param>
internal sealed record FileRequest(FileOperation Operation, IReadOnlyList<string> Paths)
{
    /// <summary>The most bytes that the paths may take together.</summary>
    public const int MaxPaths = 4096 + sizeof(ushort);

    private const byte FirstVersion = 1;
    private const byte SecondVersion = 2;
    private const byte Version = 3;

    [Flags]
    private enum Flags : byte
    {
        Recurse = 1,
        Into = 2,
        Flush = 4,
        Wildcards = 8,
        After = 16,
    }

    /// <summary>What the service is to do with names that are taken, where it receives.</summary>
    public FileCollision Collision { get; init; }

    /// <summary>Whether directories are sent or listed with what is below them.</summary>
    public bool Recurse { get; init; }

    /// <summary>Whether files are to be on the disk before they get their names, where the service receives.</summary>
    public bool Flush { get; init; }

    /// <summary>Whether the destination is a directory in any case, where the service receives.</summary>
    public bool Into { get; init; }

    /// <summary>Whether paths may have wildcards, where the service sends or lists.</summary>
    public bool Wildcards { get; init; }

    /// <summary>The last path of a list that was cut, where one is to go on behind it.</summary>
    public string? After { get; init; }

    // An older node is asked for nothing that it doesn't know, and serves whoever wants no more.
    private byte VersionNeeded => After is not null ? Version : Operation == FileOperation.List || Wildcards ? SecondVersion : FirstVersion;

    public static void Write(ref FieldWriter fields, FileRequest request)
    {
        fields.Byte(request.VersionNeeded);
        fields.Byte((byte)request.Operation);
        fields.Byte((byte)request.Collision);
        fields.Byte((byte)((request.Recurse ? Flags.Recurse : 0) | (request.Into ? Flags.Into : 0) | (request.Flush ? Flags.Flush : 0) | (request.Wildcards ? Flags.Wildcards : 0) | (request.After is null ? 0 : Flags.After)));
        fields.UInt16((ushort)request.Paths.Count);
        foreach (string path in request.Paths)
            fields.Text(path);
        if (request.After is { } after)
            fields.Text(after);
    }

    /// <summary>Whether a service refused a request as it knows an older version only.</summary>
    public static bool IsTooNew(PnetException refusal) => refusal.Error == PnetError.Protocol
        && (refusal.Message.EndsWith(Unknown(SecondVersion, FirstVersion), StringComparison.Ordinal) || refusal.Message.EndsWith(Unknown(Version, SecondVersion), StringComparison.Ordinal));

    private static string Unknown(byte version, byte own) => $"version {version}; this is version {own}";

    /// <exception cref="PnetException">It has another form, or is of another version.</exception>
    public static FileRequest Read(ReadOnlySpan<byte> payload)
    {
        var fields = new FieldReader(payload);
        byte version = fields.Byte();
        if (version is < FirstVersion or > Version)
            throw FieldReader.Broken(Unknown(version, Version));
        var (operation, collision, flags, count) = ((FileOperation)fields.Byte(), (FileCollision)fields.Byte(), (Flags)fields.Byte(), fields.UInt16());
        const Flags Known = Flags.Recurse | Flags.Into | Flags.Flush | Flags.Wildcards | Flags.After;
        if (operation is < FileOperation.Send or > FileOperation.List || collision > FileCollision.Newer || (flags & ~Known) != 0 || count == 0 || (operation == FileOperation.Send && (count > 1 || flags.HasFlag(Flags.Wildcards)))
            || (flags.HasFlag(Flags.After) && (operation != FileOperation.List || count > 1)))
            throw FieldReader.Broken("a request with impossible fields");
        var paths = new string[count];
        for (int i = 0; i < count; i++)
            paths[i] = fields.Text();
        string? after = flags.HasFlag(Flags.After) ? fields.Text() : null;
        fields.End();
        var request = new FileRequest(operation, paths)
        {
            Collision = collision,
            Recurse = flags.HasFlag(Flags.Recurse),
            Flush = flags.HasFlag(Flags.Flush),
            Into = flags.HasFlag(Flags.Into),
            Wildcards = flags.HasFlag(Flags.Wildcards),
            After = after,
        };
        return request.VersionNeeded <= version ? request : throw FieldReader.Broken($"a request with impossible fields for version {version}");
    }
}
