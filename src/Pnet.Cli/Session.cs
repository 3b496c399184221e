using System.CommandLine;
using Pnet.Addressing;
using Pnet.Cli.Output;
using Pnet.Control;

namespace Pnet.Cli;

/// <summary>One command's way to the node it asks, and to its output.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly INodeControl _local;

    private Session(INodeControl local, AddressPath target, Printer printer, ParseResult parse)
    {
        _local = local;
        Node = target.Depth == 0 ? local : local.At(target);
        Out = printer;
        Parse = parse;
    }

    /// <summary>The node that is asked: the one at the socket, or the one that <c>-t</c> leads to.</summary>
    public INodeControl Node { get; }

    /// <summary>Where the answer goes.</summary>
    public Printer Out { get; }

    /// <summary>The command line.</summary>
    public ParseResult Parse { get; }

    /// <summary>Talks to the node that the options name.</summary>
    public static async Task<Session> OpenAsync(GlobalOptions options, ParseResult parse, CancellationToken cancellationToken)
    {
        // What the user typed is checked before anybody is bothered.
        AddressPath target = options.TargetOf(parse);
        var local = await Nodes.ConnectAsync(options.SocketOf(parse), cancellationToken).ConfigureAwait(false);
        return new Session(local, target, new Printer(parse.GetValue(options.Json)), parse);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _local.DisposeAsync().ConfigureAwait(false);
        Out.Dispose();
    }
}
