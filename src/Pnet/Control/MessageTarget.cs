using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>A node that something is sent to, or asked of.</summary>
/// <param name="Name">What it is called: as it was given, or a peer's name or id.</param>
/// <param name="Path">The way to it.</param>
public sealed record MessageTarget(string Name, AddressPath Path)
{
    /// <summary>The text that means all nodes that are known and have a link to the one that is asked.</summary>
    public const string All = "*";

    /// <summary>Reads names, ids and paths, and puts the nodes in the place of <see cref="All"/>; each comes once.</summary>
    /// <exception cref="FormatException">A text is no address, or names a service.</exception>
    /// <exception cref="PnetException"><see cref="All"/> means nobody.</exception>
    public static async Task<IReadOnlyList<MessageTarget>> ResolveAsync(INodeControl node, IEnumerable<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        var targets = new List<MessageTarget>();
        foreach (var text in texts)
        {
            if (text == All)
                targets.AddRange(await AllAsync(node, cancellationToken).ConfigureAwait(false));
            else
                targets.Add(new MessageTarget(text, Read(text)));
        }
        return [.. targets.DistinctBy(target => target.Path)];
    }

    private static AddressPath Read(string text)
    {
        var path = AddressPath.Parse(text);
        return path.Service is null ? path : throw new FormatException($"\"{text}\" is a service; name the node alone, as in bob/carol");
    }

    private static async Task<IEnumerable<MessageTarget>> AllAsync(INodeControl node, CancellationToken cancellationToken)
    {
        var peers = await node.GetPeersAsync(cancellationToken).ConfigureAwait(false);
        var known = peers.Where(peer => peer is { State: LinkState.Up, Known: true, Id: not null }).DistinctBy(peer => peer.Id).ToList();
        return known.Count > 0
            ? known.Select(peer => new MessageTarget(peer.Name ?? peer.Id!.Value.ToString(), new AddressPath(peer.Id!.Value)))
            : throw new PnetException(PnetError.NotFound, "no known node has a link to this one, so * means nobody", "Link to a node (r2 connect), and trust it: r2 trust ID.");
    }
}
