namespace Pnet.Services.Files;

/// <summary>Something that a walk came by.</summary>
/// <param name="Tree">The directories that it lies in; <see langword="null"/> where there is a problem.</param>
/// <param name="Names">The way to it there, itself last.</param>
/// <param name="Path">Its path as the other end is told.</param>
/// <param name="State">What it was.</param>
/// <param name="Problem">Why it can't be copied; it isn't announced then.</param>
internal sealed record FileFound(FolderTree? Tree, string[] Names, string Path, FileState State, FileOutcome? Problem = null)
{
    /// <summary>The bytes of memory that it takes.</summary>
    public long Weight => FilePath.Weigh(Path, Names);
}
