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
            "Join a program, or stdio, to a node's tunnel process",
            "r2 tunnel bob -",
            "ssh -o ProxyCommand=\"r2 tunnel bob/service:ssh -\" user@bob",
            "r2 tunnel bob/carol/service:backup \"tar cz /srv\"")
        { WordsBeforeTransport = 1 };
        var background = command.Flag("--background", "-b", "Let the daemon run the near end, and return at once");
        var address = command.Argument("ADDRESS", "The node; /service:NAME after it for another service than the tunnel process", AddressPath.Parse);
        var words = command.Words("TRANSPORT", "The near end: - for stdio, a command line, a URI. The exit code is the far program's", TransportWords.Read);
        address.CompletionSources.Add(PeerCompletions.For(options));
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            AddressPath path = session.Parse.GetRequiredValue(address);
            string transport = session.Parse.GetRequiredValue(words);
            if (!session.Parse.GetValue(background))
                return await Attached.TunnelAsync(session.Node, path, transport, cancellationToken).ConfigureAwait(false);

            var tunnel = await session.Node.AddTunnelAsync(new TunnelRequest(path, transport), cancellationToken).ConfigureAwait(false);
            if (session.Out.Json)
                session.Out.Document(tunnel, JsonText.Of<TunnelInfo>());
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

            var table = new TextTable("TUNNEL>", "STATE", "AGE>", "SENT>", "RECEIVED>", "ADDRESS", "NEAR END");
            foreach (TunnelInfo tunnel in tunnels)
            {
                table.Add(
                    $"{tunnel.Id}",
                    State(tunnel),
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
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            await session.Node.RemoveTunnelAsync(session.Parse.GetRequiredValue(id), cancellationToken).ConfigureAwait(false);
            return ExitCode.Ok;
        });
    }

    private static TextTable.Cell State(TunnelInfo tunnel) => tunnel.State switch
    {
        TunnelState.Open => new("open", Colour.Green),
        TunnelState.Failed => new("failed", Colour.Red),
        _ => new(tunnel.ExitStatus is > 0 and var status ? $"ended ({status})" : "ended", Colour.Dim),
    };
}
