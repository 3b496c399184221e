using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Pnet.Channels;

namespace Pnet.Services.Files;

/// <summary>
/// The end of a copy that gets the files. It says of each entry what it wants of it, writes what comes under a name of its own, and
/// gives it the final one when all of it is there.
/// </summary>
internal sealed partial class FileReceiver : IDisposable
{
    private readonly FileInput _input;
    private readonly FileOutput _output;
    private readonly FileDestination _destination;
    private readonly FileCollision _collision;
    private readonly bool _flush;
    private readonly bool _recurse;
    private readonly FileReport _report;
    private readonly Holding? _held;
    private readonly Holding? _heldFolders;
    private readonly Dictionary<uint, IncomingFile> _pending = [];
    private readonly HashSet<string> _pendingPaths = new(StringComparer.Ordinal);
    private readonly IncomingFolders _folders;
    private readonly Action<ReadOnlySequence<byte>> _write;
    private uint _next;
    private long _weight;
    private IncomingFile? _begun;
    private PartialFile? _partial;
    private PnetException? _fault;

    public FileReceiver(FileInput input, FileOutput output, FileDestination destination, FileRequest request, FileReport report)
    {
        _input = input;
        input.BeforeWait = output.FlushAsync;
        _output = output;
        _destination = destination;
        (_held, _heldFolders) = (input.Hold?.Invoke(), input.Hold?.Invoke());
        _folders = new IncomingFolders(destination.Tree, _heldFolders);
        (_collision, _flush, _recurse) = (request.Collision, request.Flush, request.Recurse);
        _report = report;
        _write = Write;
    }

    /// <summary>Receives all that comes, until the sender ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await _input.ReadAsync(cancellationToken).ConfigureAwait(false) is { } message)
        {
            if (message.Kind == FileMessage.Data)
                await TakeDataAsync(message.Length, cancellationToken).ConfigureAwait(false);
            else if (Take(message.Kind, message.Payload.Span, cancellationToken) is { } answer)
                await AnswerAsync(answer, cancellationToken).ConfigureAwait(false);
        }
        if (_pending.Count > 0)
            throw FieldReader.Broken($"the end with {_pending.Count} files under way");
        _folders.Finish((folder, e) => _report.Add(new FileOutcome(folder.Path, FileStatus.Failed, Error: e.Error, Message: e.Message) { IsDirectory = true }));
        if (_flush)
            FileCalls.FlushSystem(_destination.Tree.Root);
        await _output.EndAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the file that is under way; what is there of it stays, to be gone on with.</summary>
    public void Dispose()
    {
        if (_partial is { Position: 0 })
            DropPartial();
        _partial?.Dispose();
        _held?.Dispose();
        _heldFolders?.Dispose();
    }

    private ValueTask AnswerAsync(FileAnswer answer, CancellationToken cancellationToken) =>
        _output.WriteAsync(answer.Kind, answer, static (ref FieldWriter fields, FileAnswer a) => FileAnswer.Write(ref fields, a), cancellationToken);

    private FileAnswer? Take(FileMessage kind, ReadOnlySpan<byte> payload, CancellationToken cancellationToken)
    {
        // A file comes in one piece: the directory that it arrives in stays open meanwhile.
        if (_begun is not null && kind is not (FileMessage.Finish or FileMessage.Abandon))
            throw FieldReader.Broken($"a message {(byte)kind} in the middle of a file");
        var fields = new FieldReader(payload);
        switch (kind)
        {
            case FileMessage.Entry:
                return Announced(FileEntry.Read(payload), cancellationToken);
            case FileMessage.Compared:
                var compared = Find(fields.UInt32());
                bool same = fields.Byte() == 1;
                fields.End();
                return Compared(compared, same, cancellationToken);
            case FileMessage.Begin:
                var begun = Find(fields.UInt32());
                long offset = fields.Int64();
                fields.End();
                return Begin(begun, offset);
            case FileMessage.Finish:
                var finished = Find(fields.UInt32());
                fields.End();
                return Finish(finished);
            case FileMessage.Abandon:
                var abandoned = Find(fields.UInt32());
                var (error, text) = FileAnswer.ReadError(ref fields);
                fields.End();
                return Abandoned(abandoned, new PnetException(error ?? PnetError.Failed, text ?? $"{abandoned.Entry.Path}: given up by the sender"));
            case FileMessage.Problem:
                _report.Add(FileAnswer.ReadProblem(payload));
                return null;
            default:
                throw FieldReader.Broken($"a message {(byte)kind} from a sender");
        }
    }

    private FileAnswer? Begin(IncomingFile incoming, long offset)
    {
        if (_begun is not null || incoming.Stage != IncomingStage.Wanted || (offset != 0 && offset != incoming.Present))
            throw FieldReader.Broken("a file begun that was not wanted like that");
        (_begun, incoming.Stage, incoming.Position) = (incoming, IncomingStage.Begun, offset);
        _report.Progress.Begin(incoming.Entry.Path, offset);
        try
        {
            _partial = PartialFile.Open(Folder(incoming), incoming.Names[^1], offset, incoming.Left, incoming.Entry.Path);
            return null;
        }
        catch (Exception e) when (FileFailure.From(e, incoming.Entry.Path) is { } failure)
        {
            return GiveUp(incoming, failure);
        }
    }

    private async ValueTask TakeDataAsync(int length, CancellationToken cancellationToken)
    {
        if (_begun is not { } incoming || length > incoming.Entry.Size - incoming.Position)
            throw FieldReader.Broken("more data than were announced");
        await _input.ReadDataAsync(length, _write, cancellationToken).ConfigureAwait(false);
        incoming.Position += length;
        _report.Progress.Carried(length);
        if (_fault is { } failure && incoming.Stage == IncomingStage.Begun)
            await AnswerAsync(GiveUp(incoming, failure), cancellationToken).ConfigureAwait(false);
    }

    private void Write(ReadOnlySequence<byte> data)
    {
        var incoming = _begun!;
        incoming.Sent += data.Length;
        if (_partial is null || _fault is not null)
            return;
        try
        {
            _partial.Write(data);
        }
        catch (Exception e) when (FileFailure.From(e, incoming.Entry.Path) is { } failure)
        {
            _fault = failure;
        }
    }

    // The sender is told at once, so that it can spare the rest; what of that is on its way already is dropped.
    private FileAnswer GiveUp(IncomingFile incoming, PnetException failure)
    {
        var answer = Failed(incoming, failure);
        incoming.Stage = IncomingStage.GivenUp;
        _fault = null;
        return answer;
    }

    private FileAnswer? Finish(IncomingFile incoming)
    {
        if (incoming != _begun)
            throw FieldReader.Broken("a finish of a file that was not begun");
        _begun = null;
        if (incoming.Stage == IncomingStage.GivenUp)
            return null;
        if (incoming.Position != incoming.Entry.Size)
            throw FieldReader.Broken($"a file finished after {incoming.Position} of {incoming.Entry.Size} bytes");
        try
        {
            return Commit(incoming);
        }
        catch (Exception e) when (FileFailure.From(e, incoming.Entry.Path) is { } failure)
        {
            return Failed(incoming, failure);
        }
    }

    private FileAnswer Commit(IncomingFile incoming)
    {
        var (entry, name) = (incoming.Entry, incoming.Names[^1]);
        if (_flush)
            _partial!.Flush();
        bool replace = _collision is FileCollision.Overwrite or FileCollision.Newer;
        if (_partial!.Commit(name, replace, entry))
            return Arrived(incoming, incoming.Taken ? FileStatus.Replaced : FileStatus.Copied);
        for (int number = 2; _collision == FileCollision.Rename && number < 10_000; number++)
        {
            string other = Numbered(name, number);
            if (_partial.Commit(other, replace: false, entry))
                return Arrived(incoming, FileStatus.Renamed, other);
        }
        DropPartial();
        return _collision == FileCollision.Skip
            ? Settle(incoming, FileStatus.Skipped, null, $"{entry.Path} is there by now")
            : Settle(incoming, FileStatus.Failed, PnetError.AlreadyExists, OtherContent(incoming));
    }

    private FileAnswer Arrived(IncomingFile incoming, FileStatus status, string? message = null)
    {
        _partial?.Dispose();
        _partial = null;
        return Settle(incoming, status, null, message);
    }

    private FileAnswer? Abandoned(IncomingFile incoming, PnetException failure)
    {
        if (_begun is not null && _begun != incoming)
            throw FieldReader.Broken("a file abandoned while another one comes");
        _begun = null;
        return incoming.Stage == IncomingStage.GivenUp ? null : Failed(incoming, failure);
    }

    private FileAnswer Failed(IncomingFile incoming, PnetException failure)
    {
        DropPartial();
        return Settle(incoming, FileStatus.Failed, failure.Error, failure.Message);
    }

    private FileAnswer Settle(IncomingFile incoming, FileStatus status, PnetError? error = null, string? message = null)
    {
        var entry = incoming.Entry;
        if (_pending.Remove(entry.Index))
        {
            _pendingPaths.Remove(PathOf(incoming));
            _held?.Set(_weight -= incoming.Weight);
        }
        _report.Add(new FileOutcome(entry.Path, status, entry.Size, incoming.Sent, error, message) { IsDirectory = entry.IsFolder });
        return new FileAnswer(FileMessage.Settled, entry.Index, Status: status, Error: error, Text: message);
    }

    private void DropPartial()
    {
        _partial?.Remove();
        _partial?.Dispose();
        _partial = null;
    }

    private IncomingFile Find(uint index) =>
        _pending.TryGetValue(index, out var incoming) ? incoming
        : _begun is { } begun && begun.Entry.Index == index ? begun
        : throw FieldReader.Broken($"entry {index}, which is not open");

    private SafeFileHandle Folder(IncomingFile incoming) => _destination.Tree.Open(incoming.Names.AsSpan(..^1));

    private static string PathOf(IncomingFile incoming) => string.Join('/', incoming.Names);

    // A name that begins with a dot has no extension for that.
    private static string Numbered(string name, int number) => Path.GetFileNameWithoutExtension(name) is { Length: > 0 } stem
        ? $"{stem} ({number}){Path.GetExtension(name)}"
        : $"{name} ({number})";

    private static string OtherContent(IncomingFile incoming) => $"{incoming.Entry.Path}: a file with other content has that name";
}
