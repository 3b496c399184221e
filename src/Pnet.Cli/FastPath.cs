using Pnet.Addressing;
using Pnet.Control;

namespace Pnet.Cli;

/// <summary>
/// The commands that other programs start once per connection (<c>socat …,fork exec:"r2 connect -"</c>,
/// <c>ssh -o ProxyCommand="r2 tunnel ID -"</c>), read by hand: they start sooner and stay smaller without the parser.
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
            _ => null,
        };
    }

    private static async Task<int> ConnectAsync(string? socket, string? id, CancellationToken cancellationToken)
    {
        var request = new ConnectRequest { Transport = "-", ExpectedId = id is null ? null : NodeId.Parse(id), Reconnect = false };
        var node = await Nodes.ConnectAsync(socket ?? Nodes.DefaultSocket, cancellationToken).ConfigureAwait(false);
        await using var _ = node.ConfigureAwait(false);
        return await Attached.LinkAsync(node, request, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> TunnelAsync(string? socket, string address, CancellationToken cancellationToken)
    {
        var path = AddressPath.Parse(address);
        var node = await Nodes.ConnectAsync(socket ?? Nodes.DefaultSocket, cancellationToken).ConfigureAwait(false);
        await using var _ = node.ConfigureAwait(false);
        try
        {
            return await Attached.TunnelAsync(node, path, "-", cancellationToken).ConfigureAwait(false);
        }
        catch (PnetException exception) when (exception.Error == PnetError.NotFound)
        {
            // As GlobalOptions.OnNode has it.
            throw new PnetException(PnetError.Unreachable, exception.Message, exception.Action, exception);
        }
    }
}
