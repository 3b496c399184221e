using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace PnetPS.Blocks;

/// <summary>Something that a script block said beside its output.</summary>
/// <param name="Block">The block's first words.</param>
/// <param name="Channel">What it was said on.</param>
/// <param name="Content">A text or a record, as <see cref="BlockChannel"/> has it.</param>
internal sealed partial record BlockRecord(string Block, BlockChannel Channel, object Content)
{
    /// <summary>It as one line for a person, without the block. What would move the cursor of a terminal is left out.</summary>
    public string Text => string.Concat(Describe().ReplaceLineEndings(" ").Where(c => !char.IsControl(c)));

    /// <summary>Where it happened: the file's name and the line. What <c>Write-Error</c> says of it is where its caller was called.</summary>
    private static string Place(ErrorRecord error)
    {
        if (Frame().Match(error.ScriptStackTrace ?? "") is not { Success: true } frame)
            return "";
        var file = Path.GetFileName(frame.Groups["file"].Value);
        return file is "" or "<No file>" ? $" (line {frame.Groups["line"].Value})" : $" ({file}:{frame.Groups["line"].Value})";
    }

    [GeneratedRegex(@"^at .*?, (?<file>[^\r\n]*): line (?<line>\d+)")]
    private static partial Regex Frame();

    private string Describe() => Content switch
    {
        ErrorRecord error => $"{error}{Place(error)}",
        ProgressRecord progress => Describe(progress),
        _ => $"{Content}",
    };

    private static string Describe(ProgressRecord progress)
    {
        var percent = progress.PercentComplete < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({progress.PercentComplete} %)");
        return $"{progress.Activity}: {(progress.RecordType == ProgressRecordType.Completed ? "completed" : progress.StatusDescription)}{percent}";
    }
}
