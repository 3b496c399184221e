namespace Pnet.Services.Files;

/// <summary>What became of one file or directory.</summary>
/// <param name="Path">Its path, from what was named to be copied on.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Size">Its length in bytes; 0 for a directory.</param>
/// <param name="Sent">The bytes of it that crossed the wire: fewer than its length when it was resumed.</param>
/// <param name="Error">The kind of failure where it failed; <see cref="PnetError.Refused"/> where it was skipped as it is neither a file nor a directory.</param>
/// <param name="Message">Why it failed or was skipped, or the name that it got instead.</param>
public sealed record FileOutcome(string Path, FileStatus Status, long Size = 0, long Sent = 0, PnetError? Error = null, string? Message = null)
{
    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory { get; init; }
}
