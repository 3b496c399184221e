using Pnet.Addressing;
using Pnet.Cli.Commands;
using Pnet.Cli.Output;
using Pnet.Cli.Parsing;
using Pnet.Control;
using Pnet.Services.Commands;

namespace Pnet.Cli;

/// <summary>
/// The commands that are started over and over, read by hand: they start sooner and stay smaller without the parser. Other programs start
/// one for each connection (<c>socat …,fork exec:"r2 connect -"</c>, <c>ssh -o ProxyCommand="r2 tunnel ID -"</c>), scripts one for each call.
/// </summary>
internal static class FastPath
{
    /// <summary>Runs a command line of just these forms.</summary>
    /// <returns>The running command, or <see langword="null"/> where the parser must look at it.</returns>
    public static Task<int>? TryRun(ReadOnlySpan<string> arguments, CancellationToken cancellationToken)
    {
        string? socket = null;
        if (arguments is ["-s" or "--socket", var path, ..])
        {
            socket = path;
            arguments = arguments[2..];
        }

        return arguments switch
        {
            ["connect", "-"] => ConnectAsync(socket, null, cancellationToken),
            ["connect", "-n" or "--node-id", var id, "-"] => ConnectAsync(socket, id, cancellationToken),
            ["connect", var id, "-"] when NodeId.TryParse(id, out _) => ConnectAsync(socket, id, cancellationToken),
            ["tunnel", var address, "-"] when !address.StartsWith('-') => TunnelAsync(socket, address, cancellationToken),
            ["call", .. var words, "--json"] => TryCall(socket, words, json: true, cancellationToken),
            ["call", .. var words] => TryCall(socket, words, json: false, cancellationToken),
            _ => null,
        };
    }

    private static Task<int> ConnectAsync(string? socket, string? id, CancellationToken cancellationToken)
    {
        var request = new ConnectRequest { Transport = "-", ExpectedId = id is null ? null : NodeId.Parse(id), Reconnect = false };
        return OnNodeAsync(socket, node => Attached.LinkAsync(node, request, cancellationToken), cancellationToken);
    }

    private static Task<int> TunnelAsync(string? socket, string address, CancellationToken cancellationToken)
    {
        var path = AddressPath.Parse(address);
        return OnNodeAsync(socket, node => Attached.TunnelAsync(node, path, "-", cancellationToken), cancellationToken);
    }

    // Options, and whatever is wrong, are the parser's, which has the words for it.
    private static Task<int>? TryCall(string? socket, ReadOnlySpan<string> words, bool json, CancellationToken cancellationToken)
    {
        if (words.Length < 2)
            return null;
        foreach (string word in words)
        {
            // It takes "/h" for an option too; and U+FFFD stands for what was no text.
            if (word is "" or ['-' or '/', ..] || word.Contains('\uFFFD'))
                return null;
        }

        try
        {
            string[] nodes = TargetList.Read(words[0]);
            string name = CallCommands.ReadName(words[1]);
            var request = new CommandRequest { Arguments = CallCommands.ReadArguments(words[2..]) };
            return OnNodeAsync(socket, RunAsync, cancellationToken);

            async Task<int> RunAsync(INodeControl node)
            {
                using var printer = new Printer(json);
                return await CallCommands.RunAsync(node, printer, nodes, name, request, null, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static async Task<int> OnNodeAsync(string? socket, Func<INodeControl, Task<int>> action, CancellationToken cancellationToken)
    {
        try
        {
            var node = await Nodes.ConnectAsync(socket ?? Nodes.DefaultSocket, cancellationToken).ConfigureAwait(false);
            await using (node.ConfigureAwait(false))
                return await action(node).ConfigureAwait(false);
        }
        catch (PnetException exception) when (exception.Error == PnetError.NotFound)
        {
            // As GlobalOptions.OnNode has it.
            throw new PnetException(PnetError.Unreachable, exception.Message, exception.Action, exception);
        }
    }
}
