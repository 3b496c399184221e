using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Pnet.Transports;

namespace Pnet.Services.Files;

/// <summary>
/// A file that arrives: under a name of its own beside the one that it gets once it is whole. What a break leaves is gone on with.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private const int MaxAttempts = 16;

    private readonly SafeFileHandle _folder;
    private readonly SafeFileHandle _file;
    private readonly List<ReadOnlyMemory<byte>> _pieces = [];

    private PartialFile(SafeFileHandle folder, SafeFileHandle file, string name, string path, long position)
    {
        _folder = folder;
        _file = file;
        Name = name;
        Path = path;
        Position = position;
    }

    /// <summary>The name that it has until it is whole.</summary>
    public string Name { get; }

    /// <summary>The path that it is for.</summary>
    public string Path { get; }

    /// <summary>How many bytes of it are there.</summary>
    public long Position { get; private set; }

    /// <summary>Looks for what an earlier copy has left.</summary>
    /// <returns>How much it is, its hash, and what it was like; 0 where there is nothing that could be gone on with.</returns>
    public static (long Length, byte[]? Hash, FileState State) Inspect(SafeFileHandle folder, string name, long size, string path, CancellationToken cancellationToken)
    {
        using var file = FileCalls.TryOpenFile(folder, FilePath.PartialName(name), FileCalls.ReadWrite, path);
        if (file is null)
            return default;
        if (!FileCalls.Lock(file))
            return default;
        var state = FileCalls.Stat(file, path);
        long length = Math.Min(state.Size, size);
        return IsOurs(state) && length > 0 && FileHash.Compute(file, length, cancellationToken) is { } hash ? (length, hash, state) : default;
    }

    /// <summary>Opens it to go on at a position, or from the beginning. The directory must stay open as long as it does.</summary>
    /// <param name="folder">The directory.</param>
    /// <param name="name">The name that it gets once it is whole.</param>
    /// <param name="position">Where to go on.</param>
    /// <param name="left">What <see cref="Inspect"/> found, where it is gone on with.</param>
    /// <param name="path">What it is called in errors.</param>
    /// <exception cref="PnetException">It can't be had, or another copy writes it or has written it meanwhile.</exception>
    public static PartialFile Open(SafeFileHandle folder, string name, long position, FileState left, string path)
    {
        string partial = FilePath.PartialName(name);
        var file = OpenOwn(folder, partial, path, out var state);
        try
        {
            // Only what had the hash that the sender was told is gone on with.
            if (position > 0 && state != left)
                throw new PnetException(PnetError.Failed, $"{path}: what was there of it is gone", "Copy it again.");
            if (state.Size > position)
                RandomAccess.SetLength(file, position);
            return new PartialFile(folder, file, partial, path, position);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file of this user's own under this name and no other, for this opener alone; or makes it.</summary>
    /// <param name="folder">The directory. Others may be able to write there.</param>
    /// <param name="partial">The file's name in it.</param>
    /// <param name="path">What it is called in errors.</param>
    /// <param name="state">What it is.</param>
    /// <param name="mode">What may be done with it where it is made, less what the umask says.</param>
    /// <exception cref="PnetException">It is something else, or somebody has it open like that.</exception>
    public static SafeFileHandle OpenOwn(SafeFileHandle folder, string partial, string path, out FileState state, int mode = FileCalls.OwnersAlone)
    {
        var file = OpenLocked(folder, partial, mode, path, out bool made, out state);
        if (made ? IsAlone(state) : IsOurs(state))
            return file;
        file.Dispose();
        throw new PnetException(PnetError.Refused, $"{path}: {partial} is not a file of this user's own", "Remove it.");
    }

    /// <summary>Appends what has come.</summary>
    public void Write(ReadOnlySequence<byte> data)
    {
        if (data.IsSingleSegment)
        {
            RandomAccess.Write(_file, data.FirstSpan, Position);
        }
        else
        {
            foreach (var piece in data)
                _pieces.Add(piece);
            RandomAccess.Write(_file, _pieces, Position);
            _pieces.Clear();
        }
        Position += data.Length;
    }

    /// <summary>Waits until what was written of it is on the disk.</summary>
    public void Flush() => RandomAccess.FlushToDisk(_file);

    /// <summary>Gives it its name, at once and whole.</summary>
    /// <param name="name">The name.</param>
    /// <param name="replace">Whether to take the place of what has that name.</param>
    /// <param name="entry">The permissions and the time that it gets.</param>
    /// <returns>Whether it has the name; otherwise it is taken.</returns>
    public bool Commit(string name, bool replace, in FileEntry entry)
    {
        FileCalls.SetMetadata(_file, entry.Mode, entry.ModifiedAt, Path);
        return FileCalls.Rename(_folder, Name, name, replace, Path);
    }

    /// <summary>Removes it.</summary>
    public void Remove() => FileCalls.Remove(_folder, Name);

    /// <summary>Closes it; what is there of it stays.</summary>
    public void Dispose() => _file.Dispose();

    // Between opening and locking, the copy that had it may have given it its final name: what was opened is not to be touched then.
    private static SafeFileHandle OpenLocked(SafeFileHandle folder, string partial, int mode, string path, out bool made, out FileState state)
    {
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var file = FileCalls.TryOpenFile(folder, partial, FileCalls.ReadWrite | FileCalls.Create | FileCalls.Exclusive, path, mode);
            made = file is not null;
            file ??= FileCalls.TryOpenFile(folder, partial, FileCalls.ReadWrite, path);
            if (file is null)
                continue;
            try
            {
                if (!FileCalls.Lock(file))
                    throw UnderWay(path);
                state = FileCalls.Stat(file, path);
                if (FileCalls.TryStat(folder, partial, path) is { } named && named.Number == state.Number)
                    return file;
            }
            catch
            {
                file.Dispose();
                throw;
            }
            file.Dispose();
        }
        throw UnderWay(path);
    }

    private static PnetException UnderWay(string path) => new(PnetError.Failed, $"{path}: another copy to there is under way", "Wait for it, or end it.");

    // A second name would be another file that is written to.
    private static bool IsAlone(FileState state) => state is { IsFile: true, Links: 1 };

    // Whoever owns what was there could write to it still when it has its final name.
    private static bool IsOurs(FileState state) => IsAlone(state) && state.Owner == PeerCredentials.CurrentUserId;
}
