using Pnet.Cli.Output;
using Pnet.Cli.Parsing;
using Pnet.Control;

namespace Pnet.Cli.Commands;

/// <summary><c>listen</c>, <c>unlisten</c>, <c>listeners</c>: where a node accepts links.</summary>
internal static class ListenerCommands
{
    private const string Endpoint = "tcp://HOST:PORT or unix:///PATH";

    /// <summary>Builds the commands.</summary>
    public static IEnumerable<CliCommand> Create(GlobalOptions options) => [Listen(options), Unlisten(options), List(options)];

    private static CliCommand Listen(GlobalOptions options)
    {
        var command = new CliCommand("listen", "Accept links at an endpoint", "r2 listen tcp://0.0.0.0:47210", "r2 listen unix:///run/pnet/peers.sock");
        var endpoint = command.Argument("ENDPOINT", $"{Endpoint}; port 0 takes a free one", text => text);
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            var listener = await session.Node.AddListenerAsync(session.Parse.GetRequiredValue(endpoint), cancellationToken).ConfigureAwait(false);
            if (session.Out.Json)
                session.Out.Document(listener, JsonText.Of<ListenerInfo>());
            else
                session.Out.Line(Terminal.Clean($"listening at {listener.Endpoint}"));
            return ExitCode.Ok;
        });
    }

    private static CliCommand Unlisten(GlobalOptions options)
    {
        var command = new CliCommand("unlisten", "Stop accepting links at an endpoint; links stay", "r2 unlisten tcp://0.0.0.0:47210") { FindsNodes = false };
        var endpoint = command.Argument("ENDPOINT", "As \"r2 listeners\" shows it", text => text);
        endpoint.CompletesOwn(options, (node, token) => node.GetListenersAsync(token), listener => listener.Endpoint);
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            await session.Node.RemoveListenerAsync(session.Parse.GetRequiredValue(endpoint), cancellationToken).ConfigureAwait(false);
            return ExitCode.Ok;
        });
    }

    private static CliCommand List(GlobalOptions options)
    {
        var command = new CliCommand("listeners", "List where the node accepts links", "r2 listeners");
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            var listeners = await session.Node.GetListenersAsync(cancellationToken).ConfigureAwait(false);
            if (session.Out.Json)
            {
                session.Out.Document(listeners, JsonText.Of<IReadOnlyList<ListenerInfo>>());
                return ExitCode.Ok;
            }

            var table = new TextTable("ACCEPTED>", "ENDPOINT");
            foreach (ListenerInfo listener in listeners)
                table.Add(Human.Count(listener.Accepted), listener.Endpoint);
            table.Write(session.Out);
            return ExitCode.Ok;
        });
    }
}
