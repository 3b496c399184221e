using Pnet.Addressing;
using Pnet.Cli.Output;
using Pnet.Cli.Parsing;
using Pnet.Control;

namespace Pnet.Cli.Commands;

/// <summary><c>ls</c>, <c>connect</c>, <c>disconnect</c>: links to other nodes.</summary>
internal static class LinkCommands
{
    /// <summary>Builds the commands.</summary>
    public static IEnumerable<CliCommand> Create(GlobalOptions options) => [List(options), Connect(options), Disconnect(options)];

    private static CliCommand List(GlobalOptions options)
    {
        var command = new CliCommand("ls", "List links to other nodes", "r2 ls", "r2 -t bob ls --json");
        var details = command.Flag("--long", "-l", "Show all that is known of each");
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            var peers = await session.Node.GetPeersAsync(cancellationToken).ConfigureAwait(false);
            if (session.Out.Json)
                session.Out.Document(peers, JsonText.Of<IReadOnlyList<PeerInfo>>());
            else if (session.Parse.GetValue(details))
                WriteDetails(session.Out, peers);
            else
                WriteTable(session.Out, peers);
            return ExitCode.Ok;
        });
    }

    private static CliCommand Connect(GlobalOptions options)
    {
        var command = new CliCommand(
            "connect",
            "Link to another node over a transport",
            "r2 connect tcp://example.com:47210",
            "r2 connect -n 6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC \"socat tcp:example.com:47210 -\"",
            "socat tcp-l:47210,fork exec:\"r2 connect -\"",
            "r2 connect r2ticket…")
        { WordsBeforeTransport = 0 };
        var id = command.Option("--node-id", "-n", "ID", "The key the other node must prove", text => (NodeId?)NodeId.Parse(text), null);
        var once = command.Flag("--no-reconnect", null, "Let the link end when it is lost");
        var background = command.Flag("--background", "-b", "Return at once, and go on trying if the first attempt fails");
        var timeout = command.Option("--timeout", null, "TIME", "How long transport and handshake may take: 10, 500ms", text => (TimeSpan?)DurationText.Parse(text), null);
        var words = command.Words("TRANSPORT", "tcp://HOST:PORT, unix:///PATH, a command line, a ticket, or - for stdio; an ID before it works as -n", SplitId);
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            var (olderId, transport) = session.Parse.GetRequiredValue(words);
            var request = new ConnectRequest
            {
                Transport = transport,
                ExpectedId = session.Parse.GetValue(id) ?? olderId,
                Reconnect = transport != "-" && !session.Parse.GetValue(once),
                Background = session.Parse.GetValue(background),
                Timeout = session.Parse.GetValue(timeout),
            };
            if (Ticket.IsTicket(transport))
            {
                WriteLink(session.Out, await TicketCommand.ConnectAsync(session.Node, transport, request, cancellationToken).ConfigureAwait(false));
                return ExitCode.Ok;
            }
            if (transport == "-")
                return await Attached.LinkAsync(session.Node, request, cancellationToken).ConfigureAwait(false);

            WriteLink(session.Out, await session.Node.ConnectAsync(request, cancellationToken).ConfigureAwait(false));
            return ExitCode.Ok;
        });
    }

    private static CliCommand Disconnect(GlobalOptions options)
    {
        var command = new CliCommand("disconnect", "Close the links to a node, and don't reconnect", "r2 disconnect bob", "r2 disconnect '#7'");
        var peer = command.Argument("PEER", "A name, an id or its first 4 or more characters, a link's number as #7, or its transport", text => text);
        peer.CompletesNode(options);
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            await session.Node.DisconnectAsync(session.Parse.GetRequiredValue(peer), cancellationToken).ConfigureAwait(false);
            return ExitCode.Ok;
        });
    }

    /// <summary>Takes the id off the older form, <c>connect ID TRANSPORT</c>.</summary>
    private static (NodeId? Id, string Transport) SplitId(string[] words)
    {
        const int LongestCommand = 40; // Shorter than any id; a longer word without a slash was meant to be one.
        string first = words[0];
        if (words.Length == 1)
            return (null, TransportWords.Read(words));
        if (NodeId.TryParse(first, out var id))
            return (id, TransportWords.Read(words[1..]));
        if (first.StartsWith("x25519:", StringComparison.Ordinal) || (first.Length > LongestCommand && !first.AsSpan().ContainsAny('/', ' ')))
            NodeId.Parse(first);
        return (null, TransportWords.Read(words));
    }

    private static void WriteLink(Printer printer, PeerInfo peer)
    {
        if (printer.Json)
            printer.Document(peer, JsonText.Of<PeerInfo>());
        else if (peer.State == LinkState.Up)
            printer.Line(Terminal.Clean($"link #{peer.Link} to {Identity.Of(peer.Name, peer.Id)} over {peer.Transport}"));
        else
            printer.Line(Terminal.Clean($"link #{peer.Link} is being opened over {peer.Transport}"));
    }

    private static void WriteTable(Printer printer, IReadOnlyList<PeerInfo> peers)
    {
        var table = new TextTable("LINK", "NAME", "ID", "STATE", "RTT>", "TRANSPORT");
        foreach (PeerInfo peer in peers)
            table.Add($"#{peer.Link}", peer.Name, peer.Id?.ToString(), State(peer.State), Human.Latency(peer.RoundTrip), Way(peer));
        table.Write(printer);
    }

    private static void WriteDetails(Printer printer, IReadOnlyList<PeerInfo> peers)
    {
        for (int i = 0; i < peers.Count; i++)
        {
            PeerInfo peer = peers[i];
            if (i > 0)
                printer.Line("");
            printer.Fields(
                ("link", $"#{peer.Link}, {(peer.Outbound ? "opened here" : "opened there")}"),
                ("name", peer.Name),
                ("id", peer.Id?.ToString()),
                ("state", StateName(peer.State)),
                ("error", peer.Error),
                ("transport", peer.Transport),
                ("via", peer.Via?.ToString()),
                ("known", peer.Known ? "yes: it may use services" : "no"),
                ("round trip", peer.RoundTrip is { } time ? Human.Latency(time) : null),
                ("up for", peer.ConnectedAt is { } since ? Human.Since(since) : null),
                ("received", Human.Size(peer.BytesReceived)),
                ("sent", Human.Size(peer.BytesSent)),
                ("channels", Human.Count(peer.Channels)),
                ("listens at", string.Join(", ", peer.Endpoints)));
        }
    }

    // A link that is tried again has nothing better to tell than why.
    private static string Way(PeerInfo peer) => peer.State == LinkState.Reconnecting && peer.Error is { } error ? error : Identity.Shorten(peer.Transport);

    private static TextTable.Cell State(LinkState state) => new(StateName(state), state switch
    {
        LinkState.Up => Colour.Green,
        LinkState.Closed => Colour.Red,
        _ => Colour.Yellow,
    });

    private static string StateName(LinkState state) => state switch
    {
        LinkState.Connecting => "opening",
        LinkState.Up => "up",
        LinkState.Reconnecting => "retrying",
        _ => "closed",
    };
}
