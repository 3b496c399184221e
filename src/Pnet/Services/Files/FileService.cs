using Pnet.Channels;
using Pnet.Routing;

namespace Pnet.Services.Files;

/// <summary>Offers a directory: those who may use it list it and copy files from it, and into it where that is allowed. Nothing gets out of it.</summary>
public sealed class FileService : Service
{
    private readonly string _directory;
    private readonly bool _writable;

    /// <summary>Creates it.</summary>
    /// <param name="name">The name it is addressed by.</param>
    /// <param name="rule">Who may use it beside known nodes.</param>
    /// <param name="directory">The directory, in full.</param>
    /// <param name="writable">Whether files may be copied into it.</param>
    /// <exception cref="PnetException">It can't be opened.</exception>
    public FileService(string name, AccessRule rule, string directory, bool writable)
        : base(name, rule)
    {
        ArgumentNullException.ThrowIfNull(directory);
        if (!Path.IsPathFullyQualified(directory))
            throw new PnetException(PnetError.Usage, $"{directory} is no full path", "Give the directory from the root on.");
        _directory = directory;
        _writable = writable;
        FileCalls.OpenRoot(directory).Dispose();
    }

    /// <inheritdoc/>
    public override string Description => $"{(_writable ? "files, writable" : "files")}: {_directory}";

    /// <inheritdoc/>
    protected override Task ServeAsync(Neighbour caller, Channel channel, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(channel);
        channel.Accept();
        return ServeAsync(channel, cancellationToken);
    }

    private async Task ServeAsync(Channel channel, CancellationToken cancellationToken)
    {
        var input = new FileInput(channel) { Hold = channel.Hold };
        if (await input.ReadAsync(cancellationToken).ConfigureAwait(false) is not { } message)
            return;
        if (message.Kind != FileMessage.Open)
            throw FieldReader.Broken("no request");
        var request = FileRequest.Read(message.Payload.Span);
        if (request.Operation == FileOperation.Send && !_writable)
            throw new PnetException(PnetError.Refused, $"service \"{Name}\" is read-only: files can be copied from it, not to it", "Have its owner offer it with r2 serve --write.");

        int size = request.Operation == FileOperation.Receive ? FileOutput.SizeForData : FileOutput.SizeForMessages;
        using var buffers = channel.Hold();
        buffers.Set(2 * size);
        using var output = new FileOutput(channel, size);
        if (request.Operation == FileOperation.Send)
        {
            var names = FilePath.SplitTyped(request.Paths[0]);
            using var destination = FileDestination.Create(new FolderTree(FileCalls.OpenRoot(_directory)), names, request.Into, null);
            using var receiver = new FileReceiver(input, output, destination, request, new FileReport(new FileCopyOptions()));
            await receiver.RunAsync(cancellationToken).ConfigureAwait(false);
            return;
        }
        using var tree = new FolderTree(FileCalls.OpenRoot(_directory));
        bool lists = request.Operation == FileOperation.List;
        string[] after = request.After is { } last ? FilePath.Split(last) : [];
        var found = request.Paths.SelectMany(path => new FileWalk(tree, NameGlob.Split(path, request.Wildcards), request.Recurse) { Lists = lists, After = after, Hold = channel.Hold }.Find(cancellationToken));
        if (lists)
            await ListAsync(found, input, output, cancellationToken).ConfigureAwait(false);
        else
            await new FileSender(input, output, found, new FileReport(new FileCopyOptions())).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task ListAsync(IEnumerable<FileFound> found, FileInput input, FileOutput output, CancellationToken cancellationToken)
    {
        if (await input.ReadAsync(cancellationToken).ConfigureAwait(false) is not null)
            throw FieldReader.Broken("a message after the request for a list");
        foreach (var one in found)
        {
            if (one.Problem is { } problem)
                await output.WriteAsync(FileMessage.Problem, problem, FileAnswer.WriteProblem, cancellationToken).ConfigureAwait(false);
            else
                await output.WriteAsync(FileMessage.Listed, one, FileListing.Write, cancellationToken).ConfigureAwait(false);
        }
        await output.EndAsync(cancellationToken).ConfigureAwait(false);
    }
}
