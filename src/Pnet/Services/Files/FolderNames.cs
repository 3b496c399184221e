using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;
using Pnet.Channels;

namespace Pnet.Services.Files;

/// <summary>The names in a directory, one by one, without those of files that have not arrived whole. The directory stays open meanwhile.</summary>
internal sealed class FolderNames : IDisposable
{
    private static readonly EnumerationOptions All = new() { AttributesToSkip = 0, ReturnSpecialDirectories = false };

    // Two descriptors, and the buffer of 32 KiB that the system's library reads names into.
    private const int Room = 64 * 1024;

    // Names that are taken before they are counted.
    private const int Step = 1024;

    private readonly IEnumerator<string>? _names;
    private readonly List<string> _sorted = [];
    private readonly Holding? _held;

    private FolderNames(SafeFileHandle folder, IEnumerator<string>? names, Holding? held) => (Folder, _names, _held) = (folder, names, held);

    /// <summary>The directory.</summary>
    public SafeFileHandle Folder { get; }

    /// <summary>The name it is at.</summary>
    public string Current { get; private set; } = "";

    /// <summary>How many sorted names are to come.</summary>
    public int Left => _sorted.Count;

    /// <summary>Opens a directory in another one, and lists it as its names come.</summary>
    /// <param name="parent">The other one.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="path">What it is called in errors.</param>
    /// <param name="held">Counts what that takes of memory, where it is for another node; it is disposed of with the names.</param>
    /// <exception cref="PnetException">It can't be opened, is a link, or there are more names than the node may hold.</exception>
    public static FolderNames Open(SafeFileHandle parent, string name, string path, Holding? held) =>
        Open(parent, name, path, held, folder => new FolderNames(folder, List(folder).GetEnumerator(), held));

    /// <summary>Opens a directory in another one, and takes the one name alone of those that may be in it.</summary>
    /// <inheritdoc cref="Open(SafeFileHandle, string, string, Holding?)"/>
    public static FolderNames OpenFor(string only, SafeFileHandle parent, string name, string path, Holding? held) => Open(parent, name, path, held, folder =>
    {
        var names = new FolderNames(folder, null, held);
        names._sorted.Add(only);
        return names;
    });

    /// <summary>Opens a directory in another one, and lists it in order; names are compared by their characters' numbers.</summary>
    /// <param name="parent">The other one.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="path">What it is called in errors.</param>
    /// <param name="held">Counts what that takes of memory, where it is for another node; it is disposed of with the names.</param>
    /// <param name="most">How many are kept: the first.</param>
    /// <param name="wanted">Which are kept.</param>
    /// <param name="isCut">Whether there are more.</param>
    /// <inheritdoc cref="Open(SafeFileHandle, string, string, Holding?)" path="/exception"/>
    public static FolderNames OpenSorted(SafeFileHandle parent, string name, string path, Holding? held, int most, Func<string, bool> wanted, out bool isCut)
    {
        bool cut = false;
        var opened = Open(parent, name, path, held, folder =>
        {
            var names = new FolderNames(folder, null, held);
            foreach (string each in List(folder).Where(wanted))
            {
                names._sorted.Add(each);
                // Twice as many are held at the most, and so each is moved only a few times.
                if (names._sorted.Count >= 2L * most + Step)
                    cut |= names.Sort(most);
                if (names._sorted.Count % Step == 0)
                    names.Count();
            }
            cut |= names.Sort(most);
            names.Count();
            return names;
        });
        isCut = cut;
        return opened;
    }

    /// <summary>Goes to the next name.</summary>
    /// <returns>Whether there is one.</returns>
    public bool MoveNext()
    {
        if (_names is not null)
        {
            while (_names.MoveNext())
            {
                if (!IsPartial(_names.Current))
                {
                    Current = _names.Current;
                    return true;
                }
            }
            return false;
        }
        if (_sorted.Count == 0)
            return false;
        Current = _sorted[^1];
        _sorted.RemoveAt(_sorted.Count - 1);
        return true;
    }

    /// <summary>Drops the last of the sorted names that are to come.</summary>
    /// <returns>Whether there were more.</returns>
    public bool Keep(int most)
    {
        int over = _sorted.Count - most;
        if (over <= 0)
            return false;
        _sorted.RemoveRange(0, over);
        Count();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _names?.Dispose();
        Folder.Dispose();
        _held?.Dispose();
    }

    private static FolderNames Open(SafeFileHandle parent, string name, string path, Holding? held, Func<SafeFileHandle, FolderNames> list)
    {
        SafeFileHandle? folder = null;
        try
        {
            held?.Set(Room);
            return list(folder = FileCalls.OpenFolder(parent, name, path));
        }
        catch
        {
            folder?.Dispose();
            held?.Dispose();
            throw;
        }
    }

    private void Count() => _held?.Set(Room + _sorted.Sum(static name => 48L + (2 * name.Length)));

    // By its number: its path may lead elsewhere by now.
    private static FileSystemEnumerable<string> List(SafeFileHandle folder) =>
        new($"/proc/self/fd/{folder.DangerousGetHandle()}", static (ref FileSystemEntry entry) => entry.FileName.ToString(), All);

    private static bool IsPartial(string name) => name.StartsWith(FilePath.PartialPrefix, StringComparison.Ordinal);

    // The last first: they are taken from the end.
    private bool Sort(int most)
    {
        _sorted.RemoveAll(IsPartial);
        _sorted.Sort(static (a, b) => string.CompareOrdinal(b, a));
        return Keep(most);
    }
}
