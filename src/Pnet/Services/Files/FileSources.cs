namespace Pnet.Services.Files;

/// <summary>What a user of this machine names to be sent.</summary>
internal sealed class FileSources : IDisposable
{
    private readonly List<FolderTree> _trees = [];

    /// <summary>Finds it. A path that leads nowhere is a problem of its own, and the others are found.</summary>
    public IEnumerable<FileFound> Find(IReadOnlyList<string> paths, bool recurse) => paths.SelectMany(path => Find(path, recurse));

    /// <inheritdoc/>
    public void Dispose() => _trees.ForEach(tree => tree.Dispose());

    private IEnumerable<FileFound> Find(string path, bool recurse)
    {
        try
        {
            string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            string name = Path.GetFileName(full);
            // What a user names is followed, and keeps the name that the user knows.
            string real = new FileInfo(full).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full;
            string? parent = Path.GetDirectoryName(real);
            var tree = new FolderTree(FileCalls.OpenRoot(parent ?? real));
            _trees.Add(tree);
            return new FileWalk(tree, parent is null ? [] : [NameGlob.Literal(Path.GetFileName(real))], recurse) { Name = name }.Find();
        }
        catch (Exception e) when (FileFailure.From(e, path) is { } failure)
        {
            var problem = new FileOutcome(path, FileStatus.Failed, Error: failure.Error, Message: failure.Message);
            return [new FileFound(null, [], path, default, problem)];
        }
    }
}
