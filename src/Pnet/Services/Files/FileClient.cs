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
        var request = new FileRequest(Sends: true, options.Collision, options.Recurse, options.Flush, into, [target.Path]);
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
            var request = new FileRequest(Sends: false, options.Collision, options.Recurse, options.Flush, Into: false, part);
            await RunAsync(new FileTarget(address).Service, request, async (input, output) =>
            {
                using var here = OpenDestination(paths, destination);
                using var receiver = new FileReceiver(input, output, here, request, report);
                await receiver.RunAsync(cancellationToken).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
        }
        return report.Summary;
    }

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
            catch (PnetException e) when (e.Error is PnetError.Closed or PnetError.Unreachable or PnetError.TimedOut)
            {
                throw new PnetException(e.Error, $"the copy broke off: {e.Message}", Again, e);
            }
        }
    }

    private static FileDestination OpenDestination(IReadOnlyList<string> paths, string destination)
    {
        var tops = paths.Select(path => FilePath.SplitTyped(path) is { Length: > 0 } names ? names[^1] : null).ToHashSet();
        bool into = paths.Count > 1 || tops.Contains(null) || IsDirectory(destination) || Directory.Exists(destination);
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
            new FolderTree(FileCalls.OpenRoot(directory)), into ? [] : [Path.GetFileName(full)], into, tops.Contains(null) ? null : tops.OfType<string>().ToHashSet(StringComparer.Ordinal));
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
