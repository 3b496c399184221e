namespace Pnet.Services.Files;

/// <summary>A file or directory that a sender has announced and that is not settled.</summary>
internal sealed class IncomingFile(FileEntry entry)
{
    public FileEntry Entry => entry;

    /// <summary>The way to where it goes.</summary>
    public string[] Names { get; set; } = [];

    /// <summary>The bytes of memory that it takes.</summary>
    public long Weight => FilePath.Weigh(entry.Path, Names);

    public IncomingStage Stage { get; set; }

    /// <summary>Whether a file had its name already.</summary>
    public bool Taken { get; set; }

    /// <summary>Bytes of it that an earlier copy has left.</summary>
    public long Present { get; set; }

    /// <summary>What that was like when its hash was told.</summary>
    public FileState Left { get; set; }

    /// <summary>Bytes of it that are there, or were dropped.</summary>
    public long Position { get; set; }

    /// <summary>Bytes of it that came.</summary>
    public long Sent { get; set; }
}

/// <summary>How far an incoming file has got.</summary>
internal enum IncomingStage
{
    Announced,
    Comparing,
    Wanted,
    Begun,

    /// <summary>It failed and the sender was told; what is on its way of it is dropped.</summary>
    GivenUp,
}
