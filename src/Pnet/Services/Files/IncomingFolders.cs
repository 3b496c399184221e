namespace Pnet.Services.Files;

/// <summary>Directories that a copy has made: they get their permissions and times once everything is in them.</summary>
internal sealed class IncomingFolders(FolderTree tree)
{
    /// <summary>The most that are remembered; those above it keep the time at which they were made.</summary>
    public const int MaxKept = 65_536;

    private const int OwnerMayAll = 0x1c0;

    private readonly List<(string[] Names, FileEntry Entry)> _made = [];

    /// <summary>Makes a directory, or takes the one that is there.</summary>
    /// <returns>Whether it was made.</returns>
    /// <exception cref="PnetException">It can't be made, or something else has its name.</exception>
    public bool Make(string[] names, in FileEntry entry)
    {
        var parent = tree.Open(names.AsSpan(..^1));
        if (!FileCalls.MakeFolder(parent, names[^1], entry.Mode | OwnerMayAll, entry.Path))
        {
            return FileCalls.TryStat(parent, names[^1], entry.Path) is { IsFolder: false } other
                ? throw new PnetException(PnetError.AlreadyExists, $"{entry.Path}: {other.Kind} has that name")
                : false;
        }
        if (_made.Count < MaxKept)
            _made.Add((names, entry));
        return true;
    }

    /// <summary>Gives them what they had where they come from, the deepest first.</summary>
    /// <param name="failed">Told of those that could not be given it.</param>
    public void Finish(Action<FileEntry, PnetException> failed)
    {
        for (int i = _made.Count - 1; i >= 0; i--)
        {
            var (names, entry) = _made[i];
            try
            {
                FileCalls.SetMetadata(tree.Open(names), entry.Mode, entry.ModifiedAt, entry.Path);
            }
            catch (PnetException e)
            {
                failed(entry, e);
            }
        }
    }
}
