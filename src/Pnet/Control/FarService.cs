using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Frames;
using Pnet.Routing;

namespace Pnet.Control;

/// <summary>A service at the end of a path, found anew for each channel: links come and go.</summary>
/// <remarks>
/// The node that was found first is the only one that is taken later: a name in the path must not lead a tunnel that stands for
/// weeks to another node that calls itself the same.
/// </remarks>
internal sealed class FarService(Router router, AddressPath address)
{
    private NodeId? _node;

    /// <summary>The path and the service, as they were given.</summary>
    public AddressPath Address => address;

    /// <summary>Finds or makes the link to the node.</summary>
    /// <exception cref="PnetException">It can't be reached, or another node is found in its place.</exception>
    public async Task<Neighbour> ReachAsync(CancellationToken cancellationToken)
    {
        var neighbour = await router.Overlay.ReachAsync(address, cancellationToken).ConfigureAwait(false);
        _node ??= neighbour.Id;
        return neighbour.Id == _node
            ? neighbour
            : throw new PnetException(PnetError.IdentityMismatch, $"{address} leads to {neighbour.Id} now, and led to {_node}", "Remove the tunnel, and open one to the node's id.");
    }

    /// <summary>Opens a channel and waits until the service has accepted it.</summary>
    public async Task<Channel> OpenAsync(CancellationToken cancellationToken)
    {
        var neighbour = await ReachAsync(cancellationToken).ConfigureAwait(false);
        return await neighbour.OpenAsync(Name, cancellationToken).ConfigureAwait(false);
    }

    private FrameAddress Name => FrameAddress.OfService(address.Service ?? ServiceRequest.DefaultName);
}
