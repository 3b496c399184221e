using Pnet.Addressing;
using Pnet.Control;
using Pnet.Transports;

namespace Pnet.Cli;

/// <summary>Links and tunnels that live as long as this process, because one end is its own.</summary>
internal static class Attached
{
    /// <summary>Runs a link over standard input and output until it ends.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> LinkAsync(INodeControl node, ConnectRequest request, CancellationToken cancellationToken)
    {
        var link = await node.AttachAsync(Nodes.Stdio(), request, cancellationToken).ConfigureAwait(false);
        await using (link.ConfigureAwait(false))
        {
            try
            {
                await link.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (PnetException exception) when (exception.Error == PnetError.Closed)
            {
                // A node that stops closes its links: one more way in which this one ends in order.
            }
        }

        return ExitCode.Ok;
    }

    /// <summary>Joins a service to a transport of this process until both directions have ended.</summary>
    /// <param name="node">The node to ask.</param>
    /// <param name="address">The service.</param>
    /// <param name="transport">What this process opens: <c>-</c>, a command line, a URI.</param>
    /// <param name="cancellationToken">Cuts the tunnel.</param>
    /// <returns>The far program's exit status, or 0 where it has none.</returns>
    public static async Task<int> TunnelAsync(INodeControl node, AddressPath address, string transport, CancellationToken cancellationToken)
    {
        ITransport near = await Nodes.Transports().DialAsync(transport, cancellationToken).ConfigureAwait(false);
        var tunnel = await node.AttachTunnelAsync(address, near, cancellationToken).ConfigureAwait(false);
        await using (tunnel.ConfigureAwait(false))
            return await tunnel.Completion.WaitAsync(cancellationToken).ConfigureAwait(false) ?? ExitCode.Ok;
    }
}
