using Microsoft.Win32.SafeHandles;

namespace Pnet.Services.Files;

/// <content>What is decided of a file before any of it comes.</content>
internal sealed partial class FileReceiver
{
    private FileAnswer Announced(FileEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Index != _next++)
            throw FieldReader.Broken($"entry {entry.Index} out of its turn");
        if (_pending.Count >= FileSender.MaxPending)
            throw FieldReader.Broken($"more than {FileSender.MaxPending} files under way");
        var incoming = new IncomingFile(entry);
        try
        {
            incoming.Names = _destination.Place(entry.Path);
            if (!_recurse && (entry.IsFolder || entry.Path.Contains('/', StringComparison.Ordinal)))
                throw new PnetException(PnetError.Refused, $"{entry.Path}: directories were not asked for", "Do not trust that node.");
            if (entry.IsFolder)
                return Settle(incoming, _folders.Make(incoming.Names, entry) ? FileStatus.Copied : FileStatus.Unchanged);
            _report.Progress.Found(entry.Size);
            if (!_pendingPaths.Add(PathOf(incoming)))
                throw new PnetException(PnetError.AlreadyExists, $"{entry.Path} was announced twice");
            _pending.Add(entry.Index, incoming);
            _held?.Set(_weight += incoming.Weight);
            return Consider(incoming, cancellationToken);
        }
        catch (Exception e) when (FileFailure.From(e, entry.Path) is { } failure)
        {
            return Failed(incoming, failure);
        }
    }

    // What is to be done with a file whose name may be taken.
    private FileAnswer Consider(IncomingFile incoming, CancellationToken cancellationToken)
    {
        var (entry, folder) = (incoming.Entry, Folder(incoming));
        if (FileCalls.TryStat(folder, incoming.Names[^1], entry.Path) is not { } there)
            return Ask(incoming, folder, cancellationToken);
        incoming.Taken = true;
        if (!there.IsFile)
            return Settle(incoming, FileStatus.Failed, PnetError.AlreadyExists, $"{entry.Path}: {there.Kind} has that name");
        if (_collision == FileCollision.Skip)
            return Settle(incoming, FileStatus.Skipped, null, $"{entry.Path} is there already");
        if (_collision == FileCollision.Newer && entry.ModifiedAt <= there.ModifiedAt)
            return Settle(incoming, FileStatus.Skipped, null, $"{entry.Path} there is not older");
        if (there.Size == entry.Size)
        {
            using var file = FileCalls.OpenFile(folder, incoming.Names[^1], FileCalls.ReadOnly, entry.Path);
            if (FileHash.Compute(file, entry.Size, cancellationToken) is { } hash)
            {
                incoming.Stage = IncomingStage.Comparing;
                return new FileAnswer(FileMessage.Compare, entry.Index, Hash: hash);
            }
        }
        return Different(incoming, cancellationToken);
    }

    private FileAnswer Compared(IncomingFile incoming, bool same, CancellationToken cancellationToken)
    {
        if (incoming.Stage != IncomingStage.Comparing)
            throw FieldReader.Broken("a comparison that nobody asked for");
        try
        {
            return same ? Settle(incoming, FileStatus.Unchanged) : Different(incoming, cancellationToken);
        }
        catch (Exception e) when (FileFailure.From(e, incoming.Entry.Path) is { } failure)
        {
            return Failed(incoming, failure);
        }
    }

    private FileAnswer Different(IncomingFile incoming, CancellationToken cancellationToken) => _collision == FileCollision.Fail
        ? Settle(incoming, FileStatus.Failed, PnetError.AlreadyExists, OtherContent(incoming))
        : Ask(incoming, Folder(incoming), cancellationToken);

    private static FileAnswer Ask(IncomingFile incoming, SafeFileHandle folder, CancellationToken cancellationToken)
    {
        var (length, hash, left) = PartialFile.Inspect(folder, incoming.Names[^1], incoming.Entry.Size, incoming.Entry.Path, cancellationToken);
        incoming.Stage = IncomingStage.Wanted;
        (incoming.Present, incoming.Left) = (length, left);
        return new FileAnswer(FileMessage.Want, incoming.Entry.Index, length, hash);
    }
}
