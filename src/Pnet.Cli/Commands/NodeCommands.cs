using Pnet.Cli.Output;
using Pnet.Cli.Parsing;
using Pnet.Control;

namespace Pnet.Cli.Commands;

/// <summary><c>info</c>, <c>metrics</c>, <c>stop</c>: the node itself.</summary>
internal static class NodeCommands
{
    // Links get their goodbyes and processes their grace within this.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    /// <summary>Builds the commands.</summary>
    public static IEnumerable<CliCommand> Create(GlobalOptions options) => [Info(options), Metrics(options), Stop(options)];

    private static CliCommand Info(GlobalOptions options)
    {
        var command = new CliCommand("info", "Tell who the node is and how it is doing", "r2 info", "r2 -t bob info --json");
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            NodeInfo info = await session.Node.GetNodeAsync(cancellationToken).ConfigureAwait(false);
            if (session.Out.Json)
            {
                session.Out.Document(info, JsonText.Of<NodeInfo>());
                return ExitCode.Ok;
            }

            session.Out.Fields(
                ("id", info.Id.ToString()),
                ("name", info.Name),
                ("version", info.Version),
                ("socket", info.SocketPath),
                ("up for", Human.Since(info.StartedAt)),
                ("listens at", string.Join(", ", info.Endpoints)),
                ("relay", info.Relay ? "yes" : "no"),
                ("network key", info.NetworkKey ? "yes: only its holders may link" : "no"),
                ("links up", Human.Count(info.Peers)),
                ("services", Human.Count(info.Services)),
                ("channels", Human.Count(info.Channels)));
            return ExitCode.Ok;
        });
    }

    private static CliCommand Metrics(GlobalOptions options)
    {
        var command = new CliCommand("metrics", "Show counters since the start", "r2 metrics", "r2 metrics --json");
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            var metrics = await session.Node.GetMetricsAsync(cancellationToken).ConfigureAwait(false);
            if (session.Out.Json)
            {
                session.Out.Document(metrics, JsonText.Of<IReadOnlyDictionary<string, long>>());
                return ExitCode.Ok;
            }

            var table = new TextTable("COUNT>", "NAME");
            foreach (string name in metrics.Keys.Order(StringComparer.Ordinal))
                table.Add(Human.Count(metrics[name]), name);
            table.Write(session.Out);
            return ExitCode.Ok;
        });
    }

    private static CliCommand Stop(GlobalOptions options)
    {
        var command = new CliCommand("stop", "Stop the node, with a goodbye to its peers", "r2 stop");
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            await StopAsync(session.Node, cancellationToken).ConfigureAwait(false);
            return ExitCode.Ok;
        });
    }

    /// <summary>Stops a node, and waits until it has let go of this manager: after that its processes and its socket are gone.</summary>
    private static async Task StopAsync(INodeControl node, CancellationToken cancellationToken)
    {
        Task ended = WaitForEndAsync(node, cancellationToken);
        try
        {
            await node.StopAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PnetException exception) when (exception.Error is PnetError.Closed or PnetError.Failed)
        {
            // A node may be gone before its answer is out; whether it is, shows next.
        }

        await ended.WaitAsync(StopLimit, cancellationToken).ConfigureAwait(false);
    }

    private static async Task WaitForEndAsync(INodeControl node, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (NodeEvent _ in node.WatchAsync(cancellationToken).ConfigureAwait(false))
            {
                // What still happens is not for this command.
            }
        }
        catch (PnetException exception) when (exception.Error is PnetError.Closed or PnetError.Failed or PnetError.Unreachable)
        {
            // This is the end that was waited for.
        }
    }
}
