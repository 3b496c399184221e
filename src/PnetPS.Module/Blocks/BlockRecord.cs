using System.Globalization;
using System.Management.Automation;

namespace PnetPS.Blocks;

/// <summary>Something that a script block said beside its output.</summary>
/// <param name="Block">The block's first words.</param>
/// <param name="Channel">What it was said on.</param>
/// <param name="Content">A text or a record, as <see cref="BlockChannel"/> has it.</param>
internal sealed record BlockRecord(string Block, BlockChannel Channel, object Content)
{
    /// <summary>It as one line for a person, without the block. What would move the cursor of a terminal is left out.</summary>
    public string Text => string.Concat(Describe().ReplaceLineEndings(" ").Where(c => !char.IsControl(c)));

    private static string Place(InvocationInfo? place) => place switch
    {
        null or { ScriptLineNumber: 0 } => "",
        { ScriptName: null or "" } => string.Create(CultureInfo.InvariantCulture, $" (line {place.ScriptLineNumber})"),
        _ => string.Create(CultureInfo.InvariantCulture, $" ({Path.GetFileName(place.ScriptName)}:{place.ScriptLineNumber})"),
    };

    private string Describe() => Content switch
    {
        ErrorRecord error => $"{error}{Place(error.InvocationInfo)}",
        ProgressRecord progress => Describe(progress),
        _ => $"{Content}",
    };

    private static string Describe(ProgressRecord progress)
    {
        var percent = progress.PercentComplete < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({progress.PercentComplete} %)");
        return $"{progress.Activity}: {(progress.RecordType == ProgressRecordType.Completed ? "completed" : progress.StatusDescription)}{percent}";
    }
}
