using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>Short forms of what a manager may ask.</summary>
public static class NodeControlExtensions
{
    /// <summary>Follows what happens at the node from now on.</summary>
    public static IAsyncEnumerable<NodeEvent> WatchAsync(this INodeControl control, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(control);
        return control.WatchAsync(EventQuery.Nothing, cancellationToken);
    }

    /// <summary>Lists the nodes that the node has links to at the moment, each once: whom to ask where nobody is named.</summary>
    /// <returns>The ways to them, one or more.</returns>
    /// <exception cref="PnetException">There is none.</exception>
    public static async Task<IReadOnlyList<AddressPath>> GetNeighboursAsync(this INodeControl control, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(control);
        var peers = await control.GetPeersAsync(cancellationToken).ConfigureAwait(false);
        var ids = peers.Where(p => p is { State: LinkState.Up, Id: not null }).Select(p => p.Id!.Value).Distinct().ToList();
        return ids.Count > 0 ? ids.ConvertAll(id => new AddressPath(id)) : throw new PnetException(PnetError.Unreachable, "there is no neighbour to ask", "Link to a node, or name those to ask.");
    }
}
