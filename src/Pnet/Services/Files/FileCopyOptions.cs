namespace Pnet.Services.Files;

/// <summary>How files are to be copied.</summary>
public sealed record FileCopyOptions
{
    /// <summary>What happens to a file whose name is taken. The default is <see cref="FileCollision.Fail"/>.</summary>
    public FileCollision Collision { get; init; }

    /// <summary>Whether directories are copied, with all that is below them. The default is <see langword="false"/>.</summary>
    public bool Recurse { get; init; }

    /// <summary>
    /// Whether each file is on the disk of its destination before it gets its name, and all of the copy before it is done. The default is
    /// <see langword="false"/>: the system writes when it thinks best, and a copy is whole after the failure of a program, though not of power.
    /// </summary>
    public bool Flush { get; init; }

    /// <summary>
    /// Whether <c>*</c>, <c>?</c> and <c>[a-z]</c> in the paths at a node stand for other characters, as in a shell: not for a slash, and not for a dot at the
    /// beginning of a name. A backslash before one of them takes its meaning away, and a name that is exactly as written is found as well. What is found goes
    /// into the destination, which is a directory then. The default is <see langword="false"/>; files of this machine are always named as they are.
    /// </summary>
    public bool Wildcards { get; init; }

    /// <summary>Where to count how far the copy has got.</summary>
    public FileProgress? Progress { get; init; }

    /// <summary>Told what became of each file and directory, one at a time; the copy waits for it.</summary>
    public Action<FileOutcome>? Outcome { get; init; }
}
