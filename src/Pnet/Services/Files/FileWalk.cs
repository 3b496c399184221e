using Microsoft.Win32.SafeHandles;
using Pnet.Channels;

namespace Pnet.Services.Files;

/// <summary>
/// Finds what is to be copied or listed: a file, or a directory and what is below it, or all that a path with wildcards stands for. No link is
/// followed, and no device or FIFO opened.
/// </summary>
/// <param name="tree">The directories that it lies in.</param>
/// <param name="path">The way to it; none for the tree's first directory, of which the content is found then and not itself.</param>
/// <param name="recurse">Whether to look into directories.</param>
internal sealed class FileWalk(FolderTree tree, NameGlob[] path, bool recurse)
{
    /// <summary>The most names of one path that are listed at a time, and held in order to sort them.</summary>
    public const int MaxListed = 65_536;

    private readonly Stack<Level> _levels = new();
    private int _listed;
    private bool _isCut;

    /// <summary>The name that it is told under, where that isn't its own.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it is to be listed: in order, with what can't be copied, and of a directory its content. Otherwise it is to be copied.</summary>
    public bool Lists { get; init; }

    /// <summary>The most that are listed.</summary>
    public int Most { get; init; } = MaxListed;

    /// <summary>Where a list goes on: behind the last path of one that was cut. None for all of it.</summary>
    public string[] After { get; init; } = [];

    /// <summary>Begins to count what a directory that is looked into takes of memory, where that is for another node.</summary>
    public Func<Holding>? Hold { get; init; }

    /// <summary>Finds them one by one; a directory comes before what is in it.</summary>
    /// <param name="cancellationToken">Ends it, also where it finds nothing for long.</param>
    public IEnumerable<FileFound> Find(CancellationToken cancellationToken = default)
    {
        try
        {
            bool isPattern = Array.Exists(path, part => part.Name is null);
            bool any = false;
            if ((isPattern ? Begin() : First()) is { } first)
                yield return first;
            while (_levels.TryPeek(out var level))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!level.Names.MoveNext())
                {
                    _levels.Pop().Names.Dispose();
                    continue;
                }
                string name = level.Names.Current;
                string[] way = [.. level.Way, name];
                if (level.Part < path.Length && !path[level.Part].Matches(name))
                    continue;
                if ((level.Part < path.Length - 1 ? Descend(level, name, way) : Look(level, name, way)) is not { } found)
                    continue;
                any = true;
                if (!IsBefore(way))
                    yield return found;
            }
            if (isPattern && !any && !_isCut && After.Length == 0)
                yield return Left(string.Join('/', path.Select(part => part.Text)), [], FileStatus.Failed, PnetError.NotFound, $"nothing there matches {string.Join('/', path.Select(part => part.Text))}");
            if (_isCut)
                yield return Left(".", [], FileStatus.Failed, PnetError.LimitReached, $"more than {Most} names, and the rest is not listed: list a directory, or give a pattern that fewer have");
        }
        finally
        {
            while (_levels.TryPop(out var level))
                level.Names.Dispose();
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}/{name}";

    // What is named as it stands.
    private FileFound? First()
    {
        if (path.Length == 0)
            return Enter(tree.Root, ".", "", []);
        string[] names = Array.ConvertAll(path, part => part.Name!);
        string told = Lists ? string.Join('/', names) : Name ?? names[^1];
        return Look(() => tree.Open(names.AsSpan(..^1)), names[^1], told, names, isTop: true);
    }

    // The directory in which the first name with wildcards is looked for.
    private FileFound? Begin()
    {
        string[] names = [.. path.TakeWhile(part => part.Name is not null).Select(part => part.Name!)];
        string told = string.Join('/', names);
        return Guard(told, names, () =>
        {
            var folder = tree.Root;
            if (names.Length > 0)
            {
                folder = tree.Open(names.AsSpan(..^1));
                if (FileCalls.TryStat(folder, names[^1], told) is not { IsFolder: true })
                    return;
            }
            Push(folder, names.Length > 0 ? names[^1] : ".", Lists ? told : "", names, names.Length);
        });
    }

    // Goes on into a directory that stands for a name in the middle of the path; what is none, stands for nothing.
    private FileFound? Descend(Level level, string name, string[] way) => Guard(string.Join('/', way), way, () =>
    {
        if (FileCalls.TryStat(level.Names.Folder, name, name) is { IsFolder: true })
            Push(level.Names.Folder, name, Lists ? string.Join('/', way) : "", way, level.Part + 1);
    });

    private FileFound? Look(Level level, string name, string[] way)
    {
        // A name without wildcards at the end of a path that has some is there or not.
        if (level.Part == path.Length - 1 && path[^1].Name is not null && FileCalls.TryStat(level.Names.Folder, name, name) is null)
            return null;
        return Look(() => level.Names.Folder, name, Join(level.Path, name), way);
    }

    private FileFound? Look(Func<SafeFileHandle> folder, string name, string told, string[] way, bool isTop = false)
    {
        try
        {
            if (FilePath.Explain(name) is { } why)
                return Left(told, way, FileStatus.Failed, PnetError.Refused, $"{told}: {why}");
            if (way.Length > FilePath.MaxDepth || FilePath.Strict.GetByteCount(told) > FilePath.MaxLength)
                return Left(told, way, FileStatus.Failed, PnetError.Refused, $"{told}: the path is too long");
            var handle = folder();
            var state = FileCalls.TryStat(handle, name, told) ?? throw FileFailure.Of(FileCalls.ENOENT, told);
            var found = new FileFound(tree, way, told, state);
            if (Lists)
                return List(found, handle, isTop);
            if (state.IsFile)
                return found;
            if (!state.IsFolder)
                return Left(told, way, FileStatus.Skipped, PnetError.Refused, $"{told} is {state.Kind}, and only files and directories are copied");
            if (!recurse)
                return Left(told, way, FileStatus.Failed, PnetError.Usage, $"{told} is a directory, and directories were not asked for");
            return Enter(handle, name, told, way) ?? found;
        }
        catch (PnetException failure)
        {
            return Left(told, way, FileStatus.Failed, failure.Error, failure.Message);
        }
    }

    // A directory that was named is what is in it.
    private FileFound? List(FileFound found, SafeFileHandle folder, bool isTop)
    {
        bool isAsked = isTop && found.State.IsFolder;
        _listed += isAsked || IsBefore(found.Names) ? 0 : 1;
        var problem = found.State.IsFolder && (recurse || isTop) ? Enter(folder, found.Names[^1], found.Path, found.Names) : null;
        return problem ?? (isAsked ? null : found);
    }

    /// <summary>Goes on with what is in a directory.</summary>
    /// <returns>Why that can't be.</returns>
    private FileFound? Enter(SafeFileHandle parent, string name, string told, string[] way) => !recurse && !Lists
        ? Left(".", way, FileStatus.Failed, PnetError.Usage, "the shared directory itself is a directory, and directories were not asked for")
        : Guard(told, way, () => Push(parent, name, told, way, path.Length));

    private void Push(SafeFileHandle parent, string name, string told, string[] way, int part)
    {
        string what = told.Length > 0 ? told : way.Length > 0 ? string.Join('/', way) : ".";
        var glob = part < path.Length ? path[part] : null;
        var held = Hold?.Invoke();
        var names = glob?.Name is { } only ? FolderNames.OpenFor(only, parent, name, what, held)
            : Lists ? OpenSorted(parent, name, what, held, each => (glob is null || glob.Matches(each)) && (After.Length == 0 || !IsBefore([.. way, each], orEqual: false)))
            : FolderNames.Open(parent, name, what, held);
        _levels.Push(new Level(names, told, way, part));
    }

    private FolderNames OpenSorted(SafeFileHandle parent, string name, string what, Holding? held, Func<string, bool> wanted)
    {
        int room = Most - _listed;
        var names = FolderNames.OpenSorted(parent, name, what, held, room, wanted, out bool isCut);
        _isCut |= isCut;
        room -= names.Left;
        // What is above comes after it: so much of that as there is room for, however deep this goes.
        foreach (var level in _levels)
        {
            _isCut |= level.Names.Keep(room);
            room -= level.Names.Left;
        }
        return names;
    }

    // Whether a path was in the list already that is gone on with. What is below the last one of that was not.
    private bool IsBefore(string[] way, bool orEqual = true)
    {
        for (int i = 0; i < After.Length; i++)
        {
            // A directory is before what is in it.
            if (i == way.Length)
                return orEqual;
            if (string.CompareOrdinal(way[i], After[i]) is not 0 and var order)
                return order < 0;
        }
        return orEqual && After.Length == way.Length && After.Length > 0;
    }

    private FileFound? Guard(string told, string[] way, Action work)
    {
        try
        {
            work();
            return null;
        }
        catch (Exception e) when (FileFailure.From(e, told) is { } failure)
        {
            return Left(told, way, FileStatus.Failed, failure.Error, failure.Message);
        }
    }

    private FileFound Left(string told, string[] way, FileStatus status, PnetError? error, string message) =>
        new(tree, way, told, default, new FileOutcome(told, status, Error: error, Message: message));

    private sealed record Level(FolderNames Names, string Path, string[] Way, int Part);
}
