using Pnet.Addressing;
using Pnet.Cli.Output;
using Pnet.Cli.Parsing;
using Pnet.Control;

namespace Pnet.Cli.Commands;

/// <summary><c>tunnel</c>, <c>tunnels</c>, <c>untunnel</c>: programs joined to services of other nodes.</summary>
internal static class TunnelCommands
{
    /// <summary>Builds the commands.</summary>
    public static IEnumerable<CliCommand> Create(GlobalOptions options) => [Tunnel(options), List(options), Remove(options)];

    private static CliCommand Tunnel(GlobalOptions options)
    {
        var command = new CliCommand(
            "tunnel",
            "Join a program, stdio or a listener to a service of a node",
            "r2 tunnel bob -",
            "ssh -o ProxyCommand=\"r2 tunnel bob/service:ssh -\" user@bob",
            "r2 tunnel -L tcp://127.0.0.1:2222 bob/service:ssh",
            "r2 tunnel -R bob/service:web tcp://127.0.0.1:3000",
            "r2 tunnel bob/carol/service:backup \"tar cz /srv\"")
        { WordsBeforeTransport = 1 };
        var background = command.Flag("--background", "-b", "Let the daemon run the near end, and return at once");
        var listen = command.Option<string?>("--listen", "-L", "ENDPOINT", "Have the daemon listen here, and open a channel for each connection; port 0 takes a free one", text => text, null);
        var reverse = command.Flag("--reverse", "-R", "Have the daemon open TRANSPORT anew for each connection that a service with --listen hands over");
        var address = command.Argument("ADDRESS", "The node; /service:NAME after it for another service than the tunnel process", AddressPath.Parse);
        var words = command.Words("TRANSPORT", "The near end: - for stdio, a command line, a URI. The exit code is the far program's", TransportWords.Read, optional: true);
        address.CompletesService(options);
        command.Validators.Add(result =>
        {
            var (listens, isReverse, given) = (result.GetResult(listen) is not null, result.GetValue(reverse), result.GetResult(words)?.Tokens.Count > 0);
            if (listens && isReverse)
                result.AddError("--listen and --reverse are two kinds of tunnel");
            else if (listens && given)
                result.AddError("with --listen the endpoint is the near end, and there is no TRANSPORT");
            else if (!listens && !given)
                result.AddError("TRANSPORT is missing: the near end, such as - for stdio");
        });
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            AddressPath path = session.Parse.GetRequiredValue(address);
            TunnelRequest request = session.Parse.GetValue(listen) is { } endpoint
                ? new TunnelRequest(path, endpoint, TunnelKind.Listening)
                : new TunnelRequest(path, session.Parse.GetRequiredValue(words), session.Parse.GetValue(reverse) ? TunnelKind.Reverse : TunnelKind.Joined);
            if (request.Kind == TunnelKind.Joined && !session.Parse.GetValue(background))
                return await Attached.TunnelAsync(session.Node, path, request.Transport, cancellationToken).ConfigureAwait(false);

            var tunnel = await session.Node.AddTunnelAsync(request, cancellationToken).ConfigureAwait(false);
            if (session.Out.Json)
                session.Out.Document(tunnel, JsonText.Of<TunnelInfo>());
            else if (tunnel.Kind == TunnelKind.Reverse)
                session.Out.Line(Terminal.Clean($"tunnel {tunnel.Id} from {tunnel.Address} to {tunnel.Transport}"));
            else
                session.Out.Line(Terminal.Clean($"tunnel {tunnel.Id} from {tunnel.Transport} to {tunnel.Address}"));
            return ExitCode.Ok;
        });
    }

    private static CliCommand List(GlobalOptions options)
    {
        var command = new CliCommand("tunnels", "List the tunnels opened through the node", "r2 tunnels");
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            var tunnels = await session.Node.GetTunnelsAsync(cancellationToken).ConfigureAwait(false);
            if (session.Out.Json)
            {
                session.Out.Document(tunnels, JsonText.Of<IReadOnlyList<TunnelInfo>>());
                return ExitCode.Ok;
            }

            var table = new TextTable("TUNNEL>", "STATE", "OPEN>", "AGE>", "SENT>", "RECEIVED>", "ADDRESS", "NEAR END");
            foreach (TunnelInfo tunnel in tunnels)
            {
                table.Add(
                    $"{tunnel.Id}",
                    State(tunnel),
                    Human.Count(tunnel.Active),
                    Human.Since(tunnel.StartedAt),
                    Human.Size(tunnel.BytesSent),
                    Human.Size(tunnel.BytesReceived),
                    Identity.Shorten(tunnel.Address),
                    tunnel.Error ?? tunnel.Transport);
            }

            table.Write(session.Out);
            return ExitCode.Ok;
        });
    }

    private static CliCommand Remove(GlobalOptions options)
    {
        var command = new CliCommand("untunnel", "End a tunnel", "r2 untunnel 3") { FindsNodes = false };
        var id = command.Argument("TUNNEL", "Its number in \"r2 tunnels\"", NumberText.Between(1, int.MaxValue));
        id.CompletesOwn(options, (node, token) => node.GetTunnelsAsync(token), tunnel => $"{tunnel.Id}");
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            await session.Node.RemoveTunnelAsync(session.Parse.GetRequiredValue(id), cancellationToken).ConfigureAwait(false);
            return ExitCode.Ok;
        });
    }

    private static TextTable.Cell State(TunnelInfo tunnel) => tunnel.State switch
    {
        TunnelState.Open => new("open", Colour.Green),
        TunnelState.Listening => new("listening", Colour.Green),
        TunnelState.Waiting => new("waiting", Colour.Green),
        TunnelState.Retrying => new("retrying", Colour.Yellow),
        TunnelState.Failed => new("failed", Colour.Red),
        _ => new(tunnel.ExitStatus is > 0 and var status ? $"ended ({status})" : "ended", Colour.Dim),
    };
}
