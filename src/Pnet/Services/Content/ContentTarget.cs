using Microsoft.Win32.SafeHandles;
using Pnet.Services.Files;

namespace Pnet.Services.Content;

/// <summary>The file that a content is fetched into: beside its place until it is whole, and then there.</summary>
internal sealed class ContentTarget : IDisposable
{
    private const int AsTheUmaskSays = 0x1b6;

    private readonly string _partial;
    private readonly bool _overwrite;

    // Others may be able to write there: what is opened and renamed is named within it, and no link is followed.
    private readonly SafeFileHandle? _folder;

    /// <summary>Looks whether a content may come there.</summary>
    /// <param name="path">The file, in full.</param>
    /// <param name="address">The content.</param>
    /// <param name="overwrite">Whether to take the place of a file that is there.</param>
    /// <exception cref="PnetException">Something is there, or the directory isn't.</exception>
    public ContentTarget(string path, ContentAddress address, bool overwrite)
    {
        (Path, _overwrite) = (path, overwrite);
        _partial = FilePath.PartialName(address.ToString());
        if (Directory.Exists(path))
            throw new PnetException(PnetError.Usage, $"{path} is a directory", "Give the file's name as well.");
        if (!overwrite && File.Exists(path))
            throw Taken();
        if (!OperatingSystem.IsLinux())
            return;
        _folder = FileCalls.OpenRoot(Folder);
        try
        {
            var there = FileCalls.TryStat(_folder, Name, path);
            if (there is not null && !overwrite)
                throw Taken();
            // A link gives its name to the file; where it leads stays as it is.
            if (there is { FileKind: not (FileKind.File or FileKind.Link) } other)
                throw new PnetException(PnetError.AlreadyExists, $"{path}: {other.Kind} has that name", "Give another path.");
        }
        catch
        {
            _folder.Dispose();
            throw;
        }
    }

    /// <summary>The file, in full.</summary>
    public string Path { get; }

    private string Folder => System.IO.Path.GetDirectoryName(Path)!;

    private string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Opens what is there of it, for this fetch alone.</summary>
    /// <exception cref="PnetException">It is not a file of this user's own, or another fetch has it.</exception>
    public SafeFileHandle OpenPartial() => _folder is null
        ? File.OpenHandle(System.IO.Path.Combine(Folder, _partial), FileMode.OpenOrCreate, FileAccess.ReadWrite, OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None)
        : PartialFile.OpenOwn(_folder, _partial, Path, out _, AsTheUmaskSays);

    /// <summary>Gives it its name, while it is open: nobody else takes it for what a break has left.</summary>
    /// <exception cref="PnetException">The name is taken by now.</exception>
    public void Commit()
    {
        if (_folder is null)
            File.Move(System.IO.Path.Combine(Folder, _partial), Path, _overwrite);
        else if (!FileCalls.Rename(_folder, _partial, Name, _overwrite, Path))
            throw Taken();
    }

    /// <inheritdoc/>
    public void Dispose() => _folder?.Dispose();

    private PnetException Taken() => new(PnetError.AlreadyExists, $"{Path} is there already", "Give another path, or say that it is to be replaced.");
}
