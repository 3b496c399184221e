using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;
using Holding = Pnet.Channels.Holding;

namespace Pnet.Services.Files;

/// <summary>
/// The end of a copy that has the files. It announces them ahead and sends each as soon as it is wanted, so that no file waits
/// for a round trip of its own.
/// </summary>
internal sealed class FileSender(FileInput input, FileOutput output, IEnumerable<FileFound> files, FileReport report)
{
    /// <summary>The most entries that may be announced and not settled.</summary>
    public const int MaxPending = 4096;

    /// <summary>As many as are announced here: the files of a round trip.</summary>
    private const int Ahead = 1024;

    /// <summary>The bytes of memory that an entry's answer may take; it has no more than a few words mostly.</summary>
    private const int AnswerRoom = 1024;

    private readonly Channel<FileAnswer> _answers = Channel.CreateBounded<FileAnswer>(new BoundedChannelOptions(MaxPending) { SingleReader = true, SingleWriter = true });
    private readonly Dictionary<uint, Announced> _pending = [];
    private readonly Queue<FileAnswer> _wanted = new();
    private Holding? _held;
    private uint _next;
    private long _weight;
    private long _answersWeight;
    private long _answersRoom;
    private bool _isFull;

    /// <summary>Sends all there is, until each is settled and the receiver has ended.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var held = _held = input.Hold?.Invoke();
        using var heldAnswers = input.Hold?.Invoke();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAnswersAsync(heldAnswers, stop.Token);
        try
        {
            await SendAsync(stop.Token).ConfigureAwait(false);
            await output.EndAsync(stop.Token).ConfigureAwait(false);
            while (await _answers.Reader.WaitToReadAsync(stop.Token).ConfigureAwait(false))
                TakeAnswers();
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        using var walk = files.GetEnumerator();
        bool more = true;
        while (true)
        {
            TakeAnswers();
            if (_wanted.TryDequeue(out var answer))
            {
                if (_pending.TryGetValue(answer.Index, out var announced))
                    await AnswerAsync(announced, answer, cancellationToken).ConfigureAwait(false);
            }
            else if (more && _pending.Count < Ahead && !_isFull)
            {
                more = walk.MoveNext();
                if (more)
                    await AnnounceAsync(walk.Current, cancellationToken).ConfigureAwait(false);
            }
            else if (!more && _pending.Count == 0)
            {
                return;
            }
            else
            {
                await output.FlushAsync(cancellationToken).ConfigureAwait(false);
                if (!await _answers.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                    throw FieldReader.Broken($"the end with {_pending.Count} files not settled");
            }
        }
    }

    private async ValueTask AnnounceAsync(FileFound found, CancellationToken cancellationToken)
    {
        if (found.Problem is { } problem)
        {
            report.Add(problem);
            await output.WriteAsync(FileMessage.Problem, problem, FileAnswer.WriteProblem, cancellationToken).ConfigureAwait(false);
            return;
        }
        var state = found.State;
        var entry = new FileEntry(_next++, state.IsFolder, found.Path, state.IsFolder ? 0 : state.Size, state.Mode, state.ModifiedAt);
        if (!entry.IsFolder)
            report.Progress.Found(entry.Size);
        _pending.Add(entry.Index, new Announced(found, entry));
        Hold(found.Weight + AnswerRoom);
        await output.WriteAsync(FileMessage.Entry, entry, static (ref FieldWriter fields, FileEntry e) => e.Write(ref fields), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask AnswerAsync(Announced file, FileAnswer answer, CancellationToken cancellationToken)
    {
        try
        {
            using var handle = OnFile(file, () => Open(file));
            if (answer.Kind == FileMessage.Compare)
            {
                bool same = Hashes(file, handle, file.Entry.Size, answer.Hash, cancellationToken);
                await output.WriteAsync(FileMessage.Compared, (file.Entry.Index, same), static (ref FieldWriter fields, (uint Index, bool Same) value) =>
                {
                    fields.UInt32(value.Index);
                    fields.Byte(value.Same ? (byte)1 : (byte)0);
                }, cancellationToken).ConfigureAwait(false);
                return;
            }
            bool goesOn = answer.Offset > 0 && answer.Offset <= file.Entry.Size && Hashes(file, handle, answer.Offset, answer.Hash, cancellationToken);
            await SendDataAsync(file, handle, goesOn ? answer.Offset : 0, cancellationToken).ConfigureAwait(false);
        }
        catch (FileFault fault)
        {
            await AbandonAsync(file, fault.Failure, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask SendDataAsync(Announced file, SafeFileHandle handle, long position, CancellationToken cancellationToken)
    {
        var (index, size) = (file.Entry.Index, file.Entry.Size);
        report.Progress.Begin(file.Entry.Path, position);
        await output.WriteAsync(FileMessage.Begin, (index, position), static (ref FieldWriter fields, (uint Index, long Offset) value) =>
        {
            fields.UInt32(value.Index);
            fields.Int64(value.Offset);
        }, cancellationToken).ConfigureAwait(false);
        while (position < size)
        {
            var room = await output.GetDataAsync(cancellationToken).ConfigureAwait(false);
            var part = size - position < room.Length ? room[..(int)(size - position)] : room;
            int read = OnFile(file, () => RandomAccess.Read(handle, part.Span, position));
            if (read == 0)
                throw new FileFault(Changed(file));
            output.CommitData(read);
            position += read;
            file.Sent += read;
            report.Progress.Carried(read);
            // A receiver that has given it up, as with a full disk, is spared the rest.
            TakeAnswers();
            if (!_pending.ContainsKey(index))
                throw new FileFault(new PnetException(PnetError.Closed, $"{file.Entry.Path}: given up by the receiver"));
        }
        OnFile(file, () => Check(file, handle));
        await output.WriteAsync(FileMessage.Finish, index, static (ref FieldWriter fields, uint value) => fields.UInt32(value), cancellationToken).ConfigureAwait(false);
    }

    private ValueTask AbandonAsync(Announced file, PnetException failure, CancellationToken cancellationToken) =>
        output.WriteAsync(FileMessage.Abandon, (file.Entry.Index, failure), static (ref FieldWriter fields, (uint Index, PnetException Failure) value) =>
        {
            fields.UInt32(value.Index);
            FileAnswer.WriteError(ref fields, value.Failure.Error, value.Failure.Message);
        }, cancellationToken);

    private static SafeFileHandle Open(Announced file)
    {
        var (found, path) = (file.Found, file.Entry.Path);
        var handle = FileCalls.OpenFile(found.Tree!.Open(found.Names.AsSpan(..^1)), found.Names[^1], FileCalls.ReadOnly, path);
        try
        {
            Check(file, handle);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    // What was announced is what is sent, or nothing.
    private static bool Check(Announced file, SafeFileHandle handle)
    {
        var state = FileCalls.Stat(handle, file.Entry.Path);
        return state.IsFile && state.Size == file.Entry.Size && state.ModifiedAt == file.Entry.ModifiedAt ? true : throw Changed(file);
    }

    private static PnetException Changed(Announced file) =>
        new(PnetError.Failed, $"{file.Entry.Path} was changed while it was copied", "Copy it again when nothing writes to it.");

    private static bool Hashes(Announced file, SafeFileHandle handle, long length, byte[]? hash, CancellationToken cancellationToken) =>
        OnFile(file, () => FileHash.Compute(handle, length, cancellationToken)) is { } computed && computed.AsSpan().SequenceEqual(hash);

    // What fails here is the file and not the way to the receiver.
    private static T OnFile<T>(Announced file, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (FileFailure.From(e, file.Entry.Path) is { } failure)
        {
            throw new FileFault(failure);
        }
    }

    private void TakeAnswers()
    {
        while (_answers.Reader.TryRead(out var answer))
        {
            Interlocked.Add(ref _answersWeight, -answer.Weight);
            if (!_pending.TryGetValue(answer.Index, out var file))
                throw FieldReader.Broken($"an answer for entry {answer.Index}, which is not open");
            if (answer.Kind != FileMessage.Settled)
            {
                // Each is asked for twice at most: first whether it is the same.
                if (file.Asked++ >= 2 || file.Entry.IsFolder)
                    throw FieldReader.Broken($"entry {answer.Index} wanted too often");
                _wanted.Enqueue(answer);
                continue;
            }
            _pending.Remove(answer.Index);
            Hold(-file.Found.Weight - AnswerRoom);
            report.Add(new FileOutcome(file.Entry.Path, answer.Status, file.Entry.Size, file.Sent, answer.Error, answer.Text) { IsDirectory = file.Entry.IsFolder });
        }
    }

    // Where that is too much, nothing more is announced until something is settled.
    private void Hold(long more)
    {
        Volatile.Write(ref _answersRoom, _pending.Count * (long)AnswerRoom);
        _weight += more;
        _isFull = _held?.TrySet(_weight) == false;
    }

    private async Task ReadAnswersAsync(Holding? held, CancellationToken cancellationToken)
    {
        try
        {
            while (await input.ReadAsync(cancellationToken).ConfigureAwait(false) is { } message)
            {
                var answer = FileAnswer.Read(message.Kind, message.Payload.Span);
                held?.Set(Interlocked.Add(ref _answersWeight, answer.Weight) - Volatile.Read(ref _answersRoom));
                await _answers.Writer.WriteAsync(answer, cancellationToken).ConfigureAwait(false);
            }
            _answers.Writer.Complete();
        }
        catch (Exception e)
        {
            // Whoever sends is told: it waits for answers.
            _answers.Writer.Complete(e);
        }
    }

    private sealed class Announced(FileFound found, FileEntry entry)
    {
        public FileFound Found => found;

        public FileEntry Entry => entry;

        public int Asked { get; set; }

        public long Sent { get; set; }
    }

    private sealed class FileFault(PnetException failure) : Exception(failure.Message)
    {
        public PnetException Failure => failure;
    }
}
