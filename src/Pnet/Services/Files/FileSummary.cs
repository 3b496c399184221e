namespace Pnet.Services.Files;

/// <summary>What became of a copy.</summary>
public sealed record FileSummary
{
    /// <summary>Files that are there now: copied, in place of others, or under another name.</summary>
    public long Copied { get; init; }

    /// <summary>Files that were there already with the same content.</summary>
    public long Unchanged { get; init; }

    /// <summary>Files that were left out.</summary>
    public long Skipped { get; init; }

    /// <summary>Files and directories that failed.</summary>
    public long Failed { get; init; }

    /// <summary>Directories that were made or were there.</summary>
    public long Directories { get; init; }

    /// <summary>Bytes of the files that are there now.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes of files that crossed the wire.</summary>
    public long BytesSent { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }
}
