using Microsoft.Win32.SafeHandles;
using Pnet.Addressing;
using Pnet.Services.Files;

namespace Pnet.Services.Content;

/// <summary>Fetches content by its address, from all who have it at once. Each chunk is checked before it is written.</summary>
/// <param name="node">The node that peers are asked through, in this process or behind a manager socket.</param>
public sealed class ContentClient(IServiceOpener node)
{
    /// <summary>Fetches a content into a file. It gets its name once all of it is there; what a break leaves is gone on with the next time.</summary>
    /// <param name="address">The content.</param>
    /// <param name="path">The file.</param>
    /// <param name="peers">Whom to ask, all at once; one or more.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends it; it can be gone on with.</param>
    /// <exception cref="ArgumentException">There is nobody to ask.</exception>
    /// <exception cref="PnetException">Nobody has it, or not all of it could be had; a file is there; it can't be written.</exception>
    public Task<ContentFetch> FetchAsync(
        ContentAddress address, string path, IReadOnlyList<AddressPath> peers, ContentFetchOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(peers);
        return peers.Count > 0
            ? FetchAsync(address, path, _ => Task.FromResult(peers), options, cancellationToken)
            : throw new ArgumentException("There is nobody to ask.", nameof(peers));
    }

    /// <summary>Fetches a content into a file from peers who are looked for each time they are to be asked: with <see cref="ContentFetchOptions.Wait"/>, those who have come meanwhile as well.</summary>
    /// <param name="address">The content.</param>
    /// <param name="path">The file.</param>
    /// <param name="findPeers">Finds whom to ask, all at once; one or more, or throws with <see cref="PnetError.Unreachable"/>.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends it; it can be gone on with.</param>
    /// <inheritdoc cref="FetchAsync(ContentAddress, string, IReadOnlyList{AddressPath}, ContentFetchOptions?, CancellationToken)" path="/exception"/>
    public async Task<ContentFetch> FetchAsync(
        ContentAddress address, string path, Func<CancellationToken, Task<IReadOnlyList<AddressPath>>> findPeers, ContentFetchOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(findPeers);
        options ??= new ContentFetchOptions();
        string full = Path.GetFullPath(path);
        try
        {
            using var target = new ContentTarget(full, address, options.Overwrite);
            return await FetchAsync(address, target, findPeers, options, new ContentAttempts(options), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not PnetException && FileFailure.From(e, full) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Publishes a file of the node's machine: whoever may use the node's services can fetch it, until it is unpublished or the node stops.</summary>
    /// <param name="path">The file, in full; it is read once, and stays where it is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="PnetException">It can't be read, or too much is published.</exception>
    public async Task<PublishedContent> PublishAsync(string path, CancellationToken cancellationToken = default) =>
        (await AskAsync(new ContentRequest(Publish: path), cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Lists what the node publishes.</summary>
    public Task<IReadOnlyList<PublishedContent>> GetPublishedAsync(CancellationToken cancellationToken = default) => AskAsync(new ContentRequest(), cancellationToken);

    /// <summary>Has the node publish a content no longer.</summary>
    /// <exception cref="PnetException">It isn't published.</exception>
    public Task UnpublishAsync(ContentAddress address, CancellationToken cancellationToken = default) =>
        AskAsync(new ContentRequest(Unpublish: address.ToString()), cancellationToken);

    private async Task<IReadOnlyList<PublishedContent>> AskAsync(ContentRequest request, CancellationToken cancellationToken)
    {
        var transport = await node.OpenAsync(AddressPath.Self.WithService(ContentManagement.ServiceName), cancellationToken).ConfigureAwait(false);
        await using (transport.ConfigureAwait(false))
        {
            var lines = new JsonLines(transport, "content");
            await lines.WriteAsync(request, ContentJson.Default.ContentRequest, cancellationToken).ConfigureAwait(false);
            await transport.EndAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            var contents = new List<PublishedContent>();
            while (await lines.ReadAsync(ContentJson.Default.ContentReply, cancellationToken).ConfigureAwait(false) is { } reply)
            {
                if (reply.Error is { } error)
                    throw new PnetException(error, reply.Message ?? "it failed", reply.Action);
                contents.Add(reply.Content!);
            }
            return contents;
        }
    }

    private async Task<ContentFetch> FetchAsync(
        ContentAddress address, ContentTarget target, Func<CancellationToken, Task<IReadOnlyList<AddressPath>>> findPeers, ContentFetchOptions options, ContentAttempts attempts, CancellationToken cancellationToken)
    {
        while (true)
        {
            List<ContentSource> sources = [];
            TimeSpan pause;
            try
            {
                var peers = await findPeers(cancellationToken).ConfigureAwait(false);
                sources.AddRange(peers.Select(peer => new ContentSource(node, peer, address, options.Time)));
                return attempts.Sum(await FetchAsync(address, target, sources, options.Progress, cancellationToken).ConfigureAwait(false));
            }
            catch (PnetException e) when (attempts.TryAgain(e, sources.ConvertAll(source => source.Result), out pause))
            {
                // After its end here: the channels are closed first.
            }
            finally
            {
                foreach (var source in sources)
                    await source.DisposeAsync().ConfigureAwait(false);
            }
            await Task.Delay(pause, options.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<ContentFetch> FetchAsync(
        ContentAddress address, ContentTarget target, List<ContentSource> sources, ContentProgress? progress, CancellationToken cancellationToken)
    {
        // Whoever answers first is right or isn't believed; the others join in as they answer.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lists = sources.Select(source => (Source: source, List: source.GetListAsync(stop.Token))).ToList();
        try
        {
            var list = await FirstAsync(lists.ConvertAll(l => l.List)).ConfigureAwait(false)
                ?? throw new PnetException(PnetError.NotFound, $"nobody has {address}: {Reasons(sources)}", "Ask nodes that have published it.");
            return await FetchAsync(list, target, lists, progress, stop, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Those that have not answered yet would open channels that nobody closes.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(lists.Select(l => l.List))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<ContentFetch> FetchAsync(
        ContentList list,
        ContentTarget target,
        List<(ContentSource Source, Task<ContentList?> List)> lists,
        ContentProgress? progress,
        CancellationTokenSource stop,
        CancellationToken cancellationToken)
    {
        var sources = lists.ConvertAll(l => l.Source);
        long present;
        using (var file = target.OpenPartial())
        {
            var done = await Task.Run(() => Check(list, file, cancellationToken), cancellationToken).ConfigureAwait(false);
            present = done.Select((there, i) => there ? (long)list.SizeOfChunk(i) : 0).Sum();
            progress?.Begin(list.Length, present);
            var board = new ContentBoard(done);
            var fetching = lists.ConvertAll(l => RunAsync(l.Source, l.List, board, file, progress, stop.Token));
            try
            {
                await CompleteAsync(board, fetching).ConfigureAwait(false);
            }
            finally
            {
                // Slow ones are not waited for; those that write are.
                await stop.CancelAsync().ConfigureAwait(false);
                await Task.WhenAll(fetching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            if (fetching.Find(f => f.IsFaulted)?.Exception is { } fault)
                throw fault.InnerException!;
            cancellationToken.ThrowIfCancellationRequested();
            if (!board.IsComplete)
                throw new PnetException(PnetError.Unreachable, $"{board.Left} of {list.Count} chunks could not be had: {Reasons(sources)}", "Run it again when there are peers: it goes on where it broke off.");
            RandomAccess.SetLength(file, list.Length);
            // While it is locked: nobody else takes it for what a break has left.
            target.Commit();
        }
        return new ContentFetch { Address = list.Address.ToString(), Path = target.Path, Length = list.Length, BytesPresent = present, Peers = [.. sources.Select(s => s.Result)] };
    }

    private static async Task RunAsync(ContentSource source, Task<ContentList?> list, ContentBoard board, SafeFileHandle file, ContentProgress? progress, CancellationToken cancellationToken)
    {
        if (await list.ConfigureAwait(false) is { } right)
            await source.RunAsync(right, board, file, progress, cancellationToken).ConfigureAwait(false);
    }

    // Until all chunks are there, or nobody is left to ask.
    private static async Task CompleteAsync(ContentBoard board, List<Task> fetching)
    {
        var all = Task.WhenAll(fetching);
        while (true)
        {
            var change = board.NextChange();
            if (board.IsComplete || all.IsCompleted)
                return;
            await Task.WhenAny(change, all).ConfigureAwait(false);
        }
    }

    private static async Task<ContentList?> FirstAsync(List<Task<ContentList?>> lists)
    {
        var left = new List<Task<ContentList?>>(lists);
        while (left.Count > 0)
        {
            var answered = await Task.WhenAny(left).ConfigureAwait(false);
            if (await answered.ConfigureAwait(false) is { } list)
                return list;
            left.Remove(answered);
        }
        return null;
    }

    // Chunks that an earlier attempt has left are believed no more than those of others.
    private static bool[] Check(ContentList list, SafeFileHandle file, CancellationToken cancellationToken)
    {
        var done = new bool[list.Count];
        var chunk = new byte[ContentList.ChunkSize];
        long length = RandomAccess.GetLength(file);
        for (int i = 0; i < done.Length && (long)i * ContentList.ChunkSize < length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var bytes = chunk.AsSpan(0, list.SizeOfChunk(i));
            done[i] = ContentList.TryRead(file, (long)i * ContentList.ChunkSize, bytes) && list.Matches(i, bytes);
        }
        return done;
    }

    private static string Reasons(List<ContentSource> sources) => string.Join("; ", sources.Where(s => s.Error is not null).Select(s => s.Error));
}
