using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace Pnet.Services.Files;

/// <summary>Finds what is to be copied: a file, or a directory and what is below it. No link is followed, and no device or FIFO opened.</summary>
/// <param name="tree">The directories that it lies in.</param>
/// <param name="names">The way to it; none for the tree's first directory, of which the content is found then and not itself.</param>
/// <param name="recurse">Whether to look into directories.</param>
internal sealed class FileWalk(FolderTree tree, string[] names, bool recurse)
{
    private static readonly EnumerationOptions All = new() { AttributesToSkip = 0, ReturnSpecialDirectories = false };

    private readonly Stack<Level> _levels = new();

    /// <summary>The name that it is told under, where that isn't its own.</summary>
    public string? Name { get; init; }

    /// <summary>Finds them one by one; a directory comes before what is in it.</summary>
    public IEnumerable<FileFound> Find()
    {
        try
        {
            var first = names.Length == 0 ? Enter(null, "", "", []) : Look(() => tree.Open(names.AsSpan(..^1)), names[^1], Name ?? names[^1], names);
            if (first is not null)
                yield return first;
            while (_levels.TryPeek(out var level))
            {
                if (!level.Names.MoveNext())
                    _levels.Pop().Dispose();
                else if (!level.Names.Current.StartsWith(FilePath.PartialPrefix, StringComparison.Ordinal))
                    yield return Look(() => level.Folder, level.Names.Current, Join(level.Path, level.Names.Current), [.. level.Way, level.Names.Current]);
            }
        }
        finally
        {
            while (_levels.TryPop(out var level))
                level.Dispose();
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}/{name}";

    private FileFound Look(Func<SafeFileHandle> folder, string name, string path, string[] way)
    {
        try
        {
            if (FilePath.Explain(name) is { } why)
                return Left(path, way, FileStatus.Failed, PnetError.Refused, $"{path}: {why}");
            if (way.Length > FilePath.MaxDepth || FilePath.Strict.GetByteCount(path) > FilePath.MaxLength)
                return Left(path, way, FileStatus.Failed, PnetError.Refused, $"{path}: the path is too long");
            var handle = folder();
            var state = FileCalls.TryStat(handle, name, path) ?? throw FileFailure.Of(FileCalls.ENOENT, path);
            if (state.IsFile)
                return new FileFound(tree, way, path, state);
            if (!state.IsFolder)
                return Left(path, way, FileStatus.Skipped, PnetError.Refused, $"{path} is {state.Kind}, and only files and directories are copied");
            if (!recurse)
                return Left(path, way, FileStatus.Failed, PnetError.Usage, $"{path} is a directory, and directories were not asked for");
            return Enter(handle, name, path, way) ?? new FileFound(tree, way, path, state);
        }
        catch (PnetException failure)
        {
            return Left(path, way, FileStatus.Failed, failure.Error, failure.Message);
        }
    }

    /// <summary>Goes on with what is in a directory.</summary>
    /// <returns>Why that can't be.</returns>
    private FileFound? Enter(SafeFileHandle? parent, string name, string path, string[] way)
    {
        if (!recurse)
            return Left(".", way, FileStatus.Failed, PnetError.Usage, "the shared directory itself is a directory, and directories were not asked for");
        SafeFileHandle? folder = null;
        try
        {
            folder = parent is null ? FileCalls.OpenFolder(tree.Root, ".", ".") : FileCalls.OpenFolder(parent, name, path);
            // By its number: its path may lead elsewhere by now.
            var list = new FileSystemEnumerable<string>($"/proc/self/fd/{folder.DangerousGetHandle()}", static (ref FileSystemEntry entry) => entry.FileName.ToString(), All);
            _levels.Push(new Level(folder, list.GetEnumerator(), path, way));
            return null;
        }
        catch (Exception e) when (FileFailure.From(e, path) is { } failure)
        {
            folder?.Dispose();
            return Left(path, way, FileStatus.Failed, failure.Error, failure.Message);
        }
    }

    private FileFound Left(string path, string[] way, FileStatus status, PnetError? error, string message) =>
        new(tree, way, path, default, new FileOutcome(path, status, Error: error, Message: message));

    private sealed record Level(SafeFileHandle Folder, IEnumerator<string> Names, string Path, string[] Way) : IDisposable
    {
        public void Dispose()
        {
            Names.Dispose();
            Folder.Dispose();
        }
    }
}
