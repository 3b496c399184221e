namespace Pnet.Control;

/// <summary>How a service shares a directory.</summary>
public enum FileSharing
{
    /// <summary>It doesn't: it opens a transport.</summary>
    None,

    /// <summary>Files can be copied from it.</summary>
    ReadOnly,

    /// <summary>Files can be copied from it and into it.</summary>
    Writable,
}
