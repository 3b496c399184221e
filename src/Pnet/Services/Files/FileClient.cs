using System.Runtime.CompilerServices;
using Pnet.Addressing;

namespace Pnet.Services.Files;

/// <summary>Copies files to and from the file services of other nodes. What breaks off is gone on with when it is asked for again.</summary>
/// <param name="node">The node that copies go through, in this process or behind a manager socket.</param>
public sealed class FileClient(IServiceOpener node)
{
    private const string Again = "Run it again when the node is reachable: it goes on where it broke off.";

    /// <summary>Copies files and directories of this machine to a node.</summary>
    /// <param name="paths">What to copy; a link that is named here is followed, and none below.</param>
    /// <param name="target">The directory that they go into. A single one gets the path as its name where no such directory is there, and the path has no slash at its end.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends it; it can be gone on with.</param>
    /// <returns>What became of it; failures of single files are told there and as outcomes, and end nothing.</returns>
    /// <exception cref="PnetException">The service can't be reached or refuses, or the way to it broke.</exception>
    public async Task<FileSummary> SendAsync(IReadOnlyList<string> paths, FileTarget target, FileCopyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(target);
        options ??= new FileCopyOptions();
        FilePath.SplitTyped(target.Path);
        bool into = paths.Count > 1 || IsDirectory(target.Path);
        var request = new FileRequest(FileOperation.Send, [target.Path]) { Collision = options.Collision, Recurse = options.Recurse, Flush = options.Flush, Into = into };
        var report = new FileReport(options);
        await RunAsync(target.Service, request, async (input, output) =>
        {
            using var sources = new FileSources();
            await new FileSender(input, output, sources.Find(paths, options.Recurse), report).RunAsync(cancellationToken).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
        return report.Summary;
    }

    /// <summary>Copies files and directories of a node to this machine.</summary>
    /// <param name="address">The node, or its file service.</param>
    /// <param name="paths">What to copy, from the shared directory on; <c>.</c> for all that is in it.</param>
    /// <param name="destination">The directory that they go into. A single one gets the path as its name where no such directory is there, and the path has no slash at its end.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends it; it can be gone on with.</param>
    /// <inheritdoc cref="SendAsync"/>
    public async Task<FileSummary> ReceiveAsync(AddressPath address, IReadOnlyList<string> paths, string destination, FileCopyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        options ??= new FileCopyOptions();
        var report = new FileReport(options);
        foreach (var part in Parts(paths))
        {
            var request = new FileRequest(FileOperation.Receive, part)
            {
                Collision = options.Collision,
                Recurse = options.Recurse,
                Flush = options.Flush,
                Wildcards = options.Wildcards && part.Any(NameGlob.HasWildcards),
            };
            await RunAsync(new FileTarget(address).Service, request, async (input, output) =>
            {
                using var here = OpenDestination(Array.ConvertAll([.. paths], path => NameGlob.Split(path, options.Wildcards)), destination);
                using var receiver = new FileReceiver(input, output, here, request, report);
                await receiver.RunAsync(cancellationToken).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
        }
        return report.Summary;
    }

    /// <summary>Lists what a node shares: what is in a directory, or a single file, or all that a path with wildcards stands for. Files that have not arrived whole are left out.</summary>
    /// <param name="target">The node, or its file service, and the path from the shared directory on.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>All of them as they come, in the order of their names, a directory before what is below it; what can't be listed is told to <see cref="FileListOptions.Problem"/>.</returns>
    /// <exception cref="PnetException">The service can't be reached or refuses, the way to it broke, or the path leads elsewhere.</exception>
    public async IAsyncEnumerable<FileListing> ListAsync(FileTarget target, FileListOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        options ??= new FileListOptions();
        FilePath.SplitTyped(target.Path);
        var request = new FileRequest(FileOperation.List, [target.Path]) { Recurse = options.Recurse, Wildcards = options.Wildcards && NameGlob.HasWildcards(target.Path) };
        FileOutcome? cut = null;
        do
        {
            string? last = null;
            var transport = await node.OpenAsync(target.Service, cancellationToken).ConfigureAwait(false);
            await using var _ = transport.ConfigureAwait(false);
            using var output = new FileOutput(transport);
            await output.WriteAsync(FileMessage.Open, request, FileRequest.Write, cancellationToken).ConfigureAwait(false);
            await output.EndAsync(cancellationToken).ConfigureAwait(false);
            var input = new FileInput(transport);
            (var before, cut) = (cut, null);
            while (await ReadListAsync(input, before, options, cancellationToken).ConfigureAwait(false) is { } message)
            {
                if (message.Kind == FileMessage.Listed)
                {
                    var listed = FileListing.Read(message.Payload.Span);
                    yield return listed;
                    last = listed.Path;
                    continue;
                }
                if (message.Kind != FileMessage.Problem)
                    throw FieldReader.Broken($"a message {(byte)message.Kind} in a list");
                var problem = FileAnswer.ReadProblem(message.Payload.Span);
                // That is where to go on.
                if (problem is { Error: PnetError.LimitReached, Path: "." } && last is not null)
                    cut = problem;
                else
                    options.Problem?.Invoke(problem);
            }
            request = request with { After = last };
        }
        while (cut is not null);
    }

    private static async Task<(FileMessage Kind, int Length, ReadOnlyMemory<byte> Payload)?> ReadListAsync(FileInput input, FileOutcome? cut, FileListOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await input.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PnetException e) when (FileRequest.IsTooNew(e))
        {
            // It lists, but doesn't go on: that is what was cut there, then.
            if (cut is null)
                throw TooOld(e);
            options.Problem?.Invoke(cut);
            return null;
        }
    }

    private static PnetException TooOld(PnetException e) =>
        new(PnetError.Refused, "the node there has an older PnetPS, which neither lists files nor knows wildcards", "Name files as they are, or update it there.", e);

    private async Task RunAsync(AddressPath service, FileRequest request, Func<FileInput, FileOutput, Task> copy, CancellationToken cancellationToken)
    {
        var transport = await node.OpenAsync(service, cancellationToken).ConfigureAwait(false);
        await using (transport.ConfigureAwait(false))
        {
            // Files are read and written from here on: not on the thread that polls.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            using var output = new FileOutput(transport);
            try
            {
                await output.WriteAsync(FileMessage.Open, request, FileRequest.Write, cancellationToken).ConfigureAwait(false);
                await output.FlushAsync(cancellationToken).ConfigureAwait(false);
                await copy(new FileInput(transport), output).ConfigureAwait(false);
            }
            catch (PnetException e) when (FileRequest.IsTooNew(e))
            {
                throw TooOld(e);
            }
            catch (PnetException e) when (e.Error is PnetError.Closed or PnetError.Unreachable or PnetError.TimedOut)
            {
                throw new PnetException(e.Error, $"the copy broke off: {e.Message}", Again, e);
            }
        }
    }

    private static FileDestination OpenDestination(NameGlob[][] paths, string destination)
    {
        bool all = Array.Exists(paths, path => path.Length == 0);
        var names = paths.Where(path => path.Length > 0).Select(path => path[^1].Name).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var globs = Array.FindAll(paths, path => Array.Exists(path, part => part.Name is null)).Select(path => path[^1]).ToList();
        // How many a pattern finds is known when they come.
        bool into = paths.Length > 1 || all || globs.Count > 0 || IsDirectory(destination) || Directory.Exists(destination);
        string full = Path.GetFullPath(destination);
        string directory = into ? full : Path.GetDirectoryName(full) ?? full;
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (FileFailure.From(e, directory) is { } failure)
        {
            throw failure;
        }
        return FileDestination.Create(
            new FolderTree(FileCalls.OpenRoot(directory)), into ? [] : [Path.GetFileName(full)], into, all ? null : name => names.Contains(name) || globs.Exists(glob => glob.Matches(name)));
    }

    private static bool IsDirectory(string path) => path.EndsWith('/') || Path.EndsInDirectorySeparator(path);

    // As many as one request holds.
    private static IEnumerable<IReadOnlyList<string>> Parts(IReadOnlyList<string> paths)
    {
        var part = new List<string>();
        int length = 0;
        foreach (string path in paths)
        {
            FilePath.SplitTyped(path);
            int bytes = FilePath.Strict.GetByteCount(path) + sizeof(ushort);
            if (length + bytes > FileRequest.MaxPaths && part.Count > 0)
            {
                yield return part;
                (part, length) = ([], 0);
            }
            part.Add(path);
            length += bytes;
        }
        if (part.Count > 0)
            yield return part;
    }
}
