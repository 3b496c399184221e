namespace Pnet.Services.Files;

/// <summary>How files are to be listed.</summary>
public sealed record FileListOptions
{
    /// <summary>Whether what is below directories is listed as well. The default is <see langword="false"/>.</summary>
    public bool Recurse { get; init; }

    /// <summary>Whether <c>*</c>, <c>?</c> and <c>[a-z]</c> in the path stand for other characters; see <see cref="FileCopyOptions.Wildcards"/>. The default is <see langword="false"/>.</summary>
    public bool Wildcards { get; init; }

    /// <summary>Told of what can't be listed: a path that isn't there, a directory that may not be read, or more names than are listed.</summary>
    public Action<FileOutcome>? Problem { get; init; }
}
