namespace Pnet.Services.Files;

/// <summary>What became of a file that was to be copied.</summary>
public enum FileStatus
{
    /// <summary>It is there now, and nothing was before.</summary>
    Copied = 1,

    /// <summary>It is there now, in place of what was.</summary>
    Replaced = 2,

    /// <summary>It is there now under another name, as its own was taken.</summary>
    Renamed = 3,

    /// <summary>The same content was there already.</summary>
    Unchanged = 4,

    /// <summary>It was left out, by the rule for names that are taken or because it is no file.</summary>
    Skipped = 5,

    /// <summary>It is not there, for the reason given.</summary>
    Failed = 6,
}
