using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Pnet.Services.Files;

/// <summary>
/// A file that arrives: under a name of its own beside the one that it gets once it is whole. What a break leaves is gone on with.
/// </summary>
internal sealed class PartialFile : IDisposable
{
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
    /// <returns>How much it is and its hash; 0 where there is nothing that could be gone on with.</returns>
    public static (long Length, byte[]? Hash) Inspect(SafeFileHandle folder, string name, long size, string path, CancellationToken cancellationToken)
    {
        using var file = FileCalls.TryOpenFile(folder, FilePath.PartialName(name), FileCalls.ReadWrite, path);
        if (file is null)
            return (0, null);
        var state = FileCalls.Stat(file, path);
        if (!IsOurs(state) || state.Size == 0 || !FileCalls.Lock(file))
            return (0, null);
        long length = Math.Min(state.Size, size);
        return length > 0 && FileHash.Compute(file, length, cancellationToken) is { } hash ? (length, hash) : (0, null);
    }

    /// <summary>Opens it to go on at a position, or from the beginning. The directory must stay open as long as it does.</summary>
    /// <exception cref="PnetException">It can't be had, or another copy writes it.</exception>
    public static PartialFile Open(SafeFileHandle folder, string name, long position, string path)
    {
        string partial = FilePath.PartialName(name);
        var file = FileCalls.OpenFile(folder, partial, FileCalls.ReadWrite | FileCalls.Create, path);
        try
        {
            if (!FileCalls.Lock(file))
                throw new PnetException(PnetError.AlreadyExists, $"{path}: another copy to there is under way", "Wait for it, or end it.");
            var state = FileCalls.Stat(file, path);
            if (!IsOurs(state))
                throw new PnetException(PnetError.Refused, $"{path}: {partial} is not a file of this node's own", "Remove it.");
            if (state.Size < position)
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

    // A second name would be another file that is written to.
    private static bool IsOurs(FileState state) => state is { IsFile: true, Links: 1 };
}
