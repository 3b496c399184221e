using Pnet.Addressing;
using Pnet.Cli.Output;
using Pnet.Cli.Parsing;
using Pnet.Control;
using Pnet.Services.Content;

namespace Pnet.Cli.Commands;

/// <summary><c>publish</c>, <c>unpublish</c>, <c>content</c>, <c>fetch</c>: files by what is in them, wherever they are.</summary>
internal static class ContentCommands
{
    /// <summary>Builds the commands.</summary>
    public static IEnumerable<CliCommand> Create(GlobalOptions options) => [Publish(options), Unpublish(options), List(options), Fetch(options)];

    private static CliCommand Publish(GlobalOptions options)
    {
        var command = new CliCommand("publish", "Let other nodes fetch a file by the address that this prints", "r2 publish disk.img") { FindsNodes = false };
        var path = command.Argument("FILE", "The file; it stays where it is", Path.GetFullPath);
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            var content = await new ContentClient(session.Node).PublishAsync(session.Parse.GetRequiredValue(path), cancellationToken).ConfigureAwait(false);
            if (session.Out.Json)
                session.Out.Document(content, JsonText.Of<PublishedContent>());
            else
                session.Out.Line(content.Address);
            return ExitCode.Ok;
        });
    }

    private static CliCommand Unpublish(GlobalOptions options)
    {
        var command = new CliCommand("unpublish", "Let nobody fetch a content any more", "r2 unpublish sha256:…") { FindsNodes = false };
        var address = command.Argument("ADDRESS", "Its address in \"r2 content\"", ContentAddress.Parse);
        address.CompletesContent(options);
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            await new ContentClient(session.Node).UnpublishAsync(session.Parse.GetRequiredValue(address), cancellationToken).ConfigureAwait(false);
            return ExitCode.Ok;
        });
    }

    private static CliCommand List(GlobalOptions options)
    {
        var command = new CliCommand("content", "List what the node publishes", "r2 content");
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            var contents = await new ContentClient(session.Node).GetPublishedAsync(cancellationToken).ConfigureAwait(false);
            if (session.Out.Json)
            {
                session.Out.Document(contents, JsonText.Of<IReadOnlyList<PublishedContent>>());
                return ExitCode.Ok;
            }

            // The address is what one copies from here: it stays whole.
            foreach (var content in contents)
                session.Out.Line($"{content.Address}  {Human.Size(content.Length)}  {Terminal.Clean(content.Path)}");
            return ExitCode.Ok;
        });
    }

    private static CliCommand Fetch(GlobalOptions options)
    {
        var command = new CliCommand(
            "fetch",
            "Fetch a content from all neighbours that have it, or from nodes that are named",
            "r2 fetch sha256:… disk.img",
            "r2 fetch --from bob --from carol/dave sha256:… disk.img",
            "r2 fetch --wait 1h sha256:… disk.img")
        { FindsNodes = false };
        var from = command.Many("--from", null, "NODE", "Ask this node; repeat it for several [default: all neighbours]");
        from.CompletesNode(options);
        var quiet = command.Flag("--quiet", "-q", "Show no progress and no summary");
        var force = command.Flag("--force", "-f", "Take the place of a file that is there");
        var wait = command.Option("--wait", "-w", "TIME", "Ask again until then where nobody has it, or all who have it are gone; from anew when something comes [default: fail at once]", DurationText.Parse, TimeSpan.Zero);
        var address = command.Argument("ADDRESS", "What r2 publish has printed", ContentAddress.Parse);
        var path = command.Argument("FILE", "The file to write", Path.GetFullPath);
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            var named = (session.Parse.GetValue(from) ?? []).Select(AddressPath.Parse).ToList();
            var progress = new ContentProgress();
            var shown = new ProgressLine(session.Out.Json || session.Parse.GetValue(quiet), () => (
                $"{Human.Size(progress.Bytes)} of {Human.Size(progress.Length)}", progress.BytesFetched, null));
            await using var _ = shown.ConfigureAwait(false);
            var how = new ContentFetchOptions
            {
                Overwrite = session.Parse.GetValue(force),
                Wait = session.Parse.GetValue(wait),
                Waiting = (why, pause) => shown.Tell($"{ProgramName.Current}: {why.Message}; asking again in {pause.TotalSeconds:0.#} s"),
                Progress = progress,
            };
            var fetched = await new ContentClient(session.Node).FetchAsync(
                session.Parse.GetRequiredValue(address),
                session.Parse.GetRequiredValue(path),
                stopping => named.Count > 0 ? Task.FromResult<IReadOnlyList<AddressPath>>(named) : session.Node.GetNeighboursAsync(stopping),
                how,
                cancellationToken).ConfigureAwait(false);
            await shown.DisposeAsync().ConfigureAwait(false);
            foreach (var peer in fetched.Peers.Where(p => p.Error is not null && (named.Count > 0 || !p.HasNot)))
                await Console.Error.WriteLineAsync(Terminal.Clean($"{ProgramName.Current}: {peer.Error}")).ConfigureAwait(false);
            if (session.Out.Json)
                session.Out.Document(fetched, JsonText.Of<ContentFetch>());
            else if (!session.Parse.GetValue(quiet))
                session.Out.Line(Terminal.Clean($"{Human.Size(fetched.Length)} from {string.Join(", ", fetched.Peers.Where(p => p.Bytes > 0).Select(p => $"{p.Peer} ({Human.Size(p.Bytes)})"))}"));
            return ExitCode.Ok;
        });
    }
}
