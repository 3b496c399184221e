using Pnet.Services.Files;

namespace PnetPS;

/// <summary>What became of one file or directory of a copy.</summary>
public sealed class R2FileOutcome
{
    private readonly FileOutcome _outcome;

    internal R2FileOutcome(FileOutcome outcome) => _outcome = outcome;

    /// <summary>Its path, from what was named to be copied on.</summary>
    public string Path => _outcome.Path;

    /// <summary>What became of it.</summary>
    public FileStatus Status => _outcome.Status;

    /// <summary>Its length in bytes.</summary>
    public long Length => _outcome.Size;

    /// <summary>The bytes of it that crossed the wire: fewer than its length where an earlier copy was gone on with.</summary>
    public long BytesSent => _outcome.Sent;

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => _outcome.IsDirectory;

    /// <summary>Why it was skipped or failed, or the name that it got.</summary>
    public string? Message => _outcome.Message;

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
