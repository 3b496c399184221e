using System.Diagnostics;

namespace Pnet.Services.Files;

/// <summary>Adds up what becomes of the files of a copy, and tells who asked for it.</summary>
internal sealed class FileReport(FileCopyOptions options)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private FileSummary _summary = new();

    /// <summary>How far the copy has got.</summary>
    public FileProgress Progress { get; } = options.Progress ?? new FileProgress();

    /// <summary>All that was told so far.</summary>
    public FileSummary Summary => _summary with { Elapsed = Stopwatch.GetElapsedTime(_start) };

    /// <summary>Tells what became of a file or directory.</summary>
    public void Add(FileOutcome outcome)
    {
        _summary = outcome.Status switch
        {
            FileStatus.Failed => _summary with { Failed = _summary.Failed + 1 },
            FileStatus.Skipped => _summary with { Skipped = _summary.Skipped + 1 },
            _ when outcome.IsDirectory => _summary with { Directories = _summary.Directories + 1 },
            FileStatus.Unchanged => _summary with { Unchanged = _summary.Unchanged + 1, Bytes = _summary.Bytes + outcome.Size },
            _ => _summary with { Copied = _summary.Copied + 1, Bytes = _summary.Bytes + outcome.Size },
        };
        _summary = _summary with { BytesSent = _summary.BytesSent + outcome.Sent };
        Progress.Done(outcome);
        options.Outcome?.Invoke(outcome);
    }
}
