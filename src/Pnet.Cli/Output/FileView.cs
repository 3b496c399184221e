using System.Text.Json.Serialization;
using Pnet.Services.Files;

namespace Pnet.Cli.Output;

/// <summary>What became of a file, as <c>r2 cp --json</c> writes it.</summary>
/// <param name="Path">Its path, from what was named to be copied on.</param>
/// <param name="IsDirectory">Whether it is a directory.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Sent">The bytes of it that crossed the wire.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Id">What programs know the error by.</param>
/// <param name="Message">Why it was skipped, or the name that it got instead.</param>
internal sealed record FileView(
    string Path,
    bool IsDirectory,
    FileStatus Status,
    long Size,
    long Sent,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Message)
{
    /// <summary>Looks at an outcome.</summary>
    public static FileView Of(FileOutcome outcome)
    {
        bool failed = outcome.Status == FileStatus.Failed;
        return new FileView(
            outcome.Path, outcome.IsDirectory, outcome.Status, outcome.Size, outcome.Sent, failed ? outcome.Message : null, failed ? outcome.Error?.ToString() : null, failed ? null : outcome.Message);
    }
}
