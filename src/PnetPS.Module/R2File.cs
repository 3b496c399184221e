using Pnet.Services.Files;

namespace PnetPS;

/// <summary>A file or directory that a node shares.</summary>
public sealed class R2File
{
    private readonly FileListing _listing;

    internal R2File(R2Node node, FileTarget target, FileListing listing)
    {
        (Node, _listing) = (node, listing);
        Target = target.Address.WithService(null).ToString();
        Service = target.Service.Service!;
    }

    /// <summary>Its name.</summary>
    public string Name => FullName[(FullName.LastIndexOf('/') + 1)..];

    /// <summary>Its path, from the shared directory on.</summary>
    public string FullName => _listing.Path;

    /// <summary>What it is.</summary>
    public FileKind Kind => _listing.Kind;

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => Kind == FileKind.Directory;

    /// <summary>Its length in bytes; 0 where it is no file.</summary>
    public long Length => _listing.Size;

    /// <summary>What it is and who may do what with it, as <c>ls -l</c> shows it.</summary>
    public string Mode => _listing.Permissions;

    /// <summary>When it was last changed, in local time.</summary>
    public DateTime LastWriteTime => _listing.ModifiedAt.LocalDateTime;

    /// <summary>The node that shares it: its address from <see cref="Node"/> on.</summary>
    public string Target { get; }

    /// <summary>The name of the service that shares it.</summary>
    public string Service { get; }

    /// <summary>The node that was asked.</summary>
    public R2Node Node { get; }

    /// <summary>The path.</summary>
    public override string ToString() => FullName;
}
