using Pnet.Channels;

namespace Pnet.Services.Files;

/// <summary>
/// Directories that a copy has made or come into: they get their times once everything is in them, and those it has made their permissions.
/// </summary>
/// <param name="tree">The directory that all are in.</param>
/// <param name="held">Counts those that are remembered, where this is for another node.</param>
internal sealed class IncomingFolders(FolderTree tree, Holding? held)
{
    /// <summary>The most that are remembered, if there is room for so many; those above it keep the time at which they were made.</summary>
    public const int MaxKept = 65_536;

    private const int OwnerMayAll = 0x1c0;

    private readonly List<(string[] Names, FileEntry Entry, bool Made, bool SetsMode)> _kept = [];
    private long _weight;

    /// <summary>Makes a directory, or takes the one that is there.</summary>
    /// <returns>Whether it was made.</returns>
    /// <exception cref="PnetException">It can't be made, or something else has its name.</exception>
    public bool Make(string[] names, in FileEntry entry)
    {
        var parent = tree.Open(names.AsSpan(..^1));
        // Until the end its owner may write to it, and its group and the others what they may in the end, whatever the umask says.
        int meanwhile = entry.Mode | OwnerMayAll;
        bool made = FileCalls.MakeFolder(parent, names[^1], meanwhile, entry.Path);
        bool setsMode = made;
        if (made)
        {
            using var folder = FileCalls.OpenFolder(parent, names[^1], entry.Path);
            FileCalls.SetMode(folder, meanwhile, entry.Path);
        }
        else
        {
            var there = FileCalls.TryStat(parent, names[^1], entry.Path);
            if (there is { IsFolder: false } other)
                throw new PnetException(PnetError.AlreadyExists, $"{entry.Path}: {other.Kind} has that name");
            // As a copy leaves it that breaks off. One that was there before keeps what its owner has set.
            setsMode = there?.Mode == meanwhile;
        }
        long weight = _weight + FilePath.Weigh(entry.Path, names);
        if (_kept.Count < MaxKept && held?.TrySet(weight) != false)
        {
            _kept.Add((names, entry, made, setsMode));
            _weight = weight;
        }
        return made;
    }

    /// <summary>Gives them what they had where they come from, the deepest first.</summary>
    /// <param name="failed">Told of those that could not be given it.</param>
    public void Finish(Action<FileEntry, PnetException> failed)
    {
        for (int i = _kept.Count - 1; i >= 0; i--)
        {
            var (names, entry, made, setsMode) = _kept[i];
            try
            {
                var folder = tree.Open(names);
                if (setsMode)
                    FileCalls.SetMode(folder, entry.Mode, entry.Path);
                FileCalls.SetTime(folder, entry.ModifiedAt, entry.Path);
            }
            catch (PnetException e) when (made || e.Error != PnetError.PermissionDenied)
            {
                failed(entry, e);
            }
            catch (PnetException)
            {
                // Another user's, that was there before: what it has is not for this one to set, and what was to come into it has come.
            }
        }
    }
}
