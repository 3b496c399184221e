using System.Globalization;
using Pnet.Cli.Output;
using Pnet.Cli.Parsing;
using Pnet.Control;

namespace Pnet.Cli.Commands;

/// <summary><c>log</c>: what happens at the node, and what has happened.</summary>
internal static class EventCommands
{
    /// <summary>Builds the commands.</summary>
    public static IEnumerable<CliCommand> Create(GlobalOptions options) => [Log(options)];

    /// <summary>An event on one line: <c>12:34:56 link.up  bob is linked</c>.</summary>
    internal static string Describe(NodeEvent happening) =>
        Terminal.Clean(string.Create(CultureInfo.InvariantCulture, $"{happening.Time.ToLocalTime():HH:mm:ss} {happening.Kind,-15} {happening.Message}"));

    private static CliCommand Log(GlobalOptions options)
    {
        var command = new CliCommand(
            "log",
            "Follow what happens at the node",
            "r2 log",
            "r2 log --last 20",
            "r2 log --no-follow --kind 'link.*'",
            "r2 log --json | jq .message");
        var last = command.Option("--last", null, "N", "Begin with the last N events", text => (int?)NumberText.Between(0, EventLog.Kept)(text), null);
        var ended = command.Flag("--no-follow", null, "Show what has happened so far and end: all that is kept, or the last N");
        var kinds = command.Many("--kind", null, "KIND", "Show events of this kind, as in link.up or 'link.*'");
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            var query = new EventQuery { Newest = session.Parse.GetValue(last), Kinds = session.Parse.GetValue(kinds) };
            if (session.Parse.GetValue(ended))
            {
                foreach (NodeEvent happening in await session.Node.GetEventsAsync(query, cancellationToken).ConfigureAwait(false))
                    Write(session.Out, happening);
                return ExitCode.Ok;
            }

            await FollowAsync(session, query with { Newest = query.Newest ?? 0 }, cancellationToken).ConfigureAwait(false);
            return ExitCode.Ok;
        });
    }

    private static async Task FollowAsync(Session session, EventQuery query, CancellationToken cancellationToken)
    {
        // An output that is closed is told now, and not with the first event.
        session.Out.Flush();
        try
        {
            await foreach (NodeEvent happening in session.Node.WatchAsync(query, cancellationToken).ConfigureAwait(false))
            {
                if (!query.Matches(happening))
                    continue;
                Write(session.Out, happening);
                session.Out.Flush();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // There is no other way to end it.
        }
    }

    private static void Write(Printer printer, NodeEvent happening)
    {
        if (printer.Json)
            printer.Document(happening, JsonText.Of<NodeEvent>());
        else
            printer.Line(printer.Paint(Describe(happening), happening.Warning ? Colour.Yellow : Colour.None));
    }
}
