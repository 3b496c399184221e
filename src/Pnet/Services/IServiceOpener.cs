using Pnet.Addressing;
using Pnet.Transports;

namespace Pnet.Services;

/// <summary>
/// Opens channels to services: all that the clients of messages, commands, streams, files and content need of a node, so that
/// they work alike in the node's process, over its manager socket, and through routers.
/// </summary>
public interface IServiceOpener
{
    /// <summary>Opens a channel to the service an address names (<c>service:tunnel</c> where it names none).</summary>
    /// <param name="address">The way to it; without hops, a service of the node itself.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The channel once the service has accepted it: raw bytes both ways.</returns>
    /// <exception cref="PnetException">The node can't be reached, or refuses.</exception>
    Task<ITransport> OpenAsync(AddressPath address, CancellationToken cancellationToken = default);
}
