using Pnet.Addressing;
using Pnet.Cli.Parsing;
using Pnet.Crypto;

namespace Pnet.Cli.Daemon;

/// <summary>The command line of <c>r2d</c>.</summary>
internal static class DaemonCommand
{
    /// <summary>Builds it.</summary>
    public static CliRoot Create()
    {
        var root = new CliRoot(
            "r2d runs a PnetPS node. CMD, its tunnel process, is started anew for each tunnel from another node.",
            "r2d -d                                             # in the background, driven with r2",
            "r2d -n bob -l tcp://0.0.0.0:47210 --allow '*' cat  # linkable, and an echo for anyone",
            "r2d /usr/sbin/sshd -i")
        { WordsBeforeTransport = 0 };
        var socket = root.Option<string?>("--socket", "-s", "SOCKET", "The control socket [default: $PNET_SOCKET_PATH or the user's own]", text => text, null);
        var key = root.Option<string?>("--key", "-k", "KEYFILE", "The node's key; made where it is missing [default: the user's own]", text => text, null);
        var name = root.Option<string?>("--name", "-n", "NAME", "What the node calls itself", NodeName.Validate, null);
        var listen = root.Many("--listen", "-l", "ENDPOINT", "Accept links at tcp://HOST:PORT or unix:///PATH; may be repeated");
        var network = root.Option<string?>("--network-key", null, "FILE", "Link with holders of this key only", text => text, null);
        var allow = root.Many("--allow", null, "ID|NAME|*", "Who may use services beside known nodes; * is anyone; may be repeated");
        var noRelay = root.Flag("--no-relay", null, "Don't route between other nodes");
        var objects = root.Flag("--accept-objects", null, "Take messages that are PowerShell objects");
        var trust = root.Option<string?>("--trust-file", null, "FILE", "Where \"r2 trust\" keeps known nodes [default: beside the key]", text => text, null);
        var keepAlive = root.Option("--keep-alive", null, "TIME", "Give a silent link up after this long [default: 20s]", text => (TimeSpan?)DurationText.Parse(text), null);
        var untilEof = root.Flag("--until-eof", null, "End when standard input ends: with the program that started it");
        var detach = root.Flag("--detach", "-d", "Go on in the background once the node runs");
        var quiet = root.Flag("--quiet", "-q", "Tell of nothing but failure");
        var verbose = root.Flag("--verbose", "-v", "Tell of all events, not only of links and warnings");
        var detached = root.Flag(Detaching.Marker, null, "");
        detached.Hidden = true;
        var words = root.Words("CMD", "The tunnel process: a command line, of one word or several", TrailingWords.Join, optional: true);
        root.SetAction((parse, cancellationToken) =>
        {
            if (parse.GetValue(detach) && !parse.GetValue(detached))
                return Detaching.RunAsync(cancellationToken);

            string? keyPath = parse.GetValue(key);
            var settings = new DaemonSettings
            {
                Socket = Path.GetFullPath(parse.GetValue(socket) ?? Nodes.DefaultSocket),
                KeyPath = keyPath ?? KeyFile.DefaultPath,
                TrustPath = parse.GetValue(trust) ?? DaemonSettings.TrustPathFor(keyPath),
                Name = parse.GetValue(name),
                Listen = parse.GetValue(listen) ?? [],
                NetworkKeyPath = parse.GetValue(network),
                Allow = parse.GetValue(allow) ?? [],
                Relay = !parse.GetValue(noRelay),
                AcceptObjects = parse.GetValue(objects),
                KeepAlive = parse.GetValue(keepAlive),
                TunnelProcess = parse.GetValue(words),
                UntilEof = parse.GetValue(untilEof),
                Verbosity = parse.GetValue(quiet) ? Verbosity.Quiet : parse.GetValue(verbose) ? Verbosity.Verbose : Verbosity.Normal,
            };
            return DaemonRun.RunAsync(settings, parse.GetValue(detached), cancellationToken);
        });
        return root;
    }
}
