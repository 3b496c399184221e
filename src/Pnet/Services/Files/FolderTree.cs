using Microsoft.Win32.SafeHandles;

namespace Pnet.Services.Files;

/// <summary>
/// Directories below one that is open. Each step is taken from the directory before it and follows no link, so that what is
/// reached lies below the first, whatever is moved meanwhile.
/// </summary>
/// <param name="root">The first; it belongs to the tree from here on.</param>
internal sealed class FolderTree(SafeFileHandle root) : IDisposable
{
    // The way to the directory that was asked for last: files come directory by directory.
    private readonly List<(string Name, SafeFileHandle Folder)> _way = [];

    /// <summary>The first directory.</summary>
    public SafeFileHandle Root => root;

    /// <summary>Opens a directory; it stays the tree's own, and open until another one is asked for.</summary>
    /// <param name="names">The names on the way to it.</param>
    /// <param name="create">Whether to make those that aren't there.</param>
    public SafeFileHandle Open(ReadOnlySpan<string> names, bool create = false)
    {
        int same = 0;
        while (same < names.Length && same < _way.Count && _way[same].Name == names[same])
            same++;
        Leave(same);
        for (int i = same; i < names.Length; i++)
        {
            var folder = i == 0 ? root : _way[i - 1].Folder;
            string what = string.Join('/', names[..(i + 1)].ToArray());
            if (create)
                FileCalls.MakeFolder(folder, names[i], 0x1ff, what);
            _way.Add((names[i], FileCalls.OpenFolder(folder, names[i], what)));
        }
        return names.Length == 0 ? root : _way[^1].Folder;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Leave(0);
        root.Dispose();
    }

    private void Leave(int depth)
    {
        for (int i = _way.Count - 1; i >= depth; i--)
        {
            _way[i].Folder.Dispose();
            _way.RemoveAt(i);
        }
    }
}
