namespace Pnet.Services.Files;

/// <summary>Where files arrive: what a sender calls them is put below one directory, whatever it calls them.</summary>
internal sealed class FileDestination : IDisposable
{
    private readonly string[] _base;
    private readonly string? _name;
    private readonly Func<string, bool>? _asked;
    private string? _top;

    private FileDestination(FolderTree tree, string[] @base, string? name, Func<string, bool>? asked)
    {
        Tree = tree;
        _base = @base;
        _name = name;
        _asked = asked;
    }

    /// <summary>The directories that files arrive in.</summary>
    public FolderTree Tree { get; }

    /// <summary>Decides where files go: into a directory, or under a name where there is no such directory. Directories on the way are made.</summary>
    /// <param name="tree">The directory that nothing may get out of; it belongs to the destination from here on.</param>
    /// <param name="names">The way to the destination from there.</param>
    /// <param name="into">Whether it is a directory in any case.</param>
    /// <param name="asked">Whether the sender may use a first name; <see langword="null"/> for any.</param>
    public static FileDestination Create(FolderTree tree, string[] names, bool into, Func<string, bool>? asked)
    {
        try
        {
            if (names.Length == 0)
                return new FileDestination(tree, names, null, asked);
            string path = string.Join('/', names);
            if (!into)
            {
                var parent = tree.Open(names.AsSpan(..^1), create: true);
                if (FileCalls.TryStat(parent, names[^1], path) is not { IsFolder: true })
                    return new FileDestination(tree, names[..^1], names[^1], asked);
            }
            tree.Open(names, create: true);
            return new FileDestination(tree, names, null, asked);
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    /// <summary>The way to where a file or directory goes.</summary>
    /// <exception cref="PnetException">Its path leads elsewhere, or nobody asked for it.</exception>
    public string[] Place(string path)
    {
        var names = FilePath.Split(path);
        if (_asked?.Invoke(names[0]) == false)
            throw new PnetException(PnetError.Refused, $"{path} was not asked for", "Do not trust that node.");
        if (_name is not null)
        {
            _top ??= names[0];
            if (names[0] != _top)
                throw new PnetException(PnetError.Usage, $"{path}: several files can't have one name", "Name a directory as the destination, with a slash at its end.");
            names[0] = _name;
        }
        return [.. _base, .. names];
    }

    /// <inheritdoc/>
    public void Dispose() => Tree.Dispose();
}
