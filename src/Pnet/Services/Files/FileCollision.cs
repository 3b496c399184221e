namespace Pnet.Services.Files;

/// <summary>What happens to a file whose name is taken by one with other content. The same content is never sent again.</summary>
public enum FileCollision
{
    /// <summary>It fails, and what is there stays. This is the default.</summary>
    Fail = 0,

    /// <summary>It is left out, and what is there stays.</summary>
    Skip = 1,

    /// <summary>It takes the place of what is there, at once and whole.</summary>
    Overwrite = 2,

    /// <summary>It gets a free name beside it: <c>name (2).txt</c>.</summary>
    Rename = 3,

    /// <summary>It takes the place of what is there if it was changed later, and is left out otherwise.</summary>
    Newer = 4,
}
