namespace Pnet.Services.Files;

/// <summary>What a user of this machine names to be sent.</summary>
internal sealed class FileSources : IDisposable
{
    // By path: of one directory there may be very many.
    private readonly Dictionary<string, FolderTree> _trees = new(StringComparer.Ordinal);

    /// <summary>Finds it. A path that leads nowhere is a problem of its own, and the others are found.</summary>
    public IEnumerable<FileFound> Find(IReadOnlyList<string> paths, bool recurse) => paths.SelectMany(path => Find(path, recurse));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tree in _trees.Values)
            tree.Dispose();
    }

    private IEnumerable<FileFound> Find(string path, bool recurse)
    {
        try
        {
            string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            string name = Path.GetFileName(full);
            // What a user names is followed, and keeps the name that the user knows.
            string real = new FileInfo(full).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full;
            string? parent = Path.GetDirectoryName(real);
            if (!_trees.TryGetValue(parent ?? real, out var tree))
                _trees.Add(parent ?? real, tree = new FolderTree(FileCalls.OpenRoot(parent ?? real)));
            return new FileWalk(tree, parent is null ? [] : [NameGlob.Literal(Path.GetFileName(real))], recurse) { Name = name }.Find();
        }
        catch (Exception e) when (FileFailure.From(e, path) is { } failure)
        {
            var problem = new FileOutcome(path, FileStatus.Failed, Error: failure.Error, Message: failure.Message);
            return [new FileFound(null, [], path, default, problem)];
        }
    }
}
