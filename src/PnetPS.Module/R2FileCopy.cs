using Pnet.Services.Files;

namespace PnetPS;

/// <summary>What became of a copy of files.</summary>
public sealed class R2FileCopy
{
    private readonly FileSummary _summary;

    internal R2FileCopy(R2Node node, string target, FileSummary summary)
    {
        Node = node;
        Target = target;
        _summary = summary;
    }

    /// <summary>The node at the other end, and where there.</summary>
    public string Target { get; }

    /// <summary>Files that are there now: copied, in place of others, or under another name.</summary>
    public long Copied => _summary.Copied;

    /// <summary>Files that were there already with the same content.</summary>
    public long Unchanged => _summary.Unchanged;

    /// <summary>Files that were left out.</summary>
    public long Skipped => _summary.Skipped;

    /// <summary>Files and directories that failed; each is an error of its own.</summary>
    public long Failed => _summary.Failed;

    /// <summary>Directories that were made or were there.</summary>
    public long Directories => _summary.Directories;

    /// <summary>Bytes of the files that are there now.</summary>
    public long Bytes => _summary.Bytes;

    /// <summary>Bytes of files that crossed the wire.</summary>
    public long BytesSent => _summary.BytesSent;

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed => _summary.Elapsed;

    /// <summary>The node that it went through.</summary>
    public R2Node Node { get; }

    /// <summary>The number of files and the other end.</summary>
    public override string ToString() => $"{Copied} files, {Target}";
}
