namespace Pnet.Services.Files;

/// <summary>What a name in a directory stands for.</summary>
public enum FileKind
{
    /// <summary>A file.</summary>
    File = 0,

    /// <summary>A directory.</summary>
    Directory = 1,

    /// <summary>A symbolic link; it is neither followed nor copied.</summary>
    Link = 2,

    /// <summary>A FIFO; it is not copied.</summary>
    Fifo = 3,

    /// <summary>A socket; it is not copied.</summary>
    Socket = 4,

    /// <summary>A device; it is not copied.</summary>
    Device = 5,
}
