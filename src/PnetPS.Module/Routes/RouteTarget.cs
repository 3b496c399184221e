using Pnet.Addressing;
using Pnet.Control;
using PnetPS.Hosting;

namespace PnetPS.Routes;

/// <summary>A node that a route is looked for to.</summary>
/// <param name="Text">What people call it.</param>
/// <param name="Id">Its id, where the whole of it is known.</param>
/// <param name="Path">The way to it, where that was given.</param>
internal sealed record RouteTarget(string Text, string? Id, AddressPath? Path)
{
    /// <summary>Takes a node that is at hand.</summary>
    public static RouteTarget Of(R2Node node) => new(node.ToString(), node.Id, null);

    /// <summary>Takes the other end of a link, as seen from the link's own node.</summary>
    public static RouteTarget Of(R2Peer peer) => new(peer.ToString(), peer.Id, null);

    /// <summary>Takes a path, or one name or id to look for.</summary>
    /// <exception cref="FormatException">The text is no address.</exception>
    public static RouteTarget Of(string text)
    {
        // As in three-sites/alice: a lab's node, which no path can mean that has no such peer.
        if (text.Contains('/', StringComparison.Ordinal) && ModuleState.Nodes.All.FirstOrDefault(node => text.Equals(node.FullName, StringComparison.OrdinalIgnoreCase)) is { } named)
            return Of(named);

        var path = AddressPath.Parse(text).WithService(null);
        return path.Depth == 1
            ? new RouteTarget(path.ToString(), path.Hops[0].Id?.ToString(), null)
            : new RouteTarget(path.Depth == 0 ? "." : path.ToString(), null, path);
    }

    /// <summary>Whether a node is the one that is meant.</summary>
    public bool Is(R2Node node) => Is(node.Id, node.Name);

    /// <summary>Whether the node at the other end of a link is the one that is meant.</summary>
    public bool Is(PeerInfo peer) => peer.Id is { } id && Is(id.ToString(), peer.Name);

    private bool Is(string id, string? name) => Id is not null
        ? id == Id
        : Text.Equals(name, StringComparison.Ordinal) || (Text.Length >= NodeReference.MinPrefixLength && id.StartsWith(Text, StringComparison.Ordinal));
}
