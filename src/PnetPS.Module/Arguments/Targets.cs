using Pnet.Control;

namespace PnetPS.Arguments;

/// <summary>Several nodes to send to or to ask: addresses, peers, nodes, and <c>*</c>.</summary>
internal static class Targets
{
    /// <summary>Finds them; each comes once.</summary>
    public static async Task<IReadOnlyList<MessageTarget>> ResolveAsync(R2Node node, IEnumerable<AddressArgument> targets, CancellationToken cancellationToken)
    {
        var found = new List<MessageTarget>();
        foreach (var target in targets)
        {
            if (target.ToString() == MessageTarget.All)
                found.AddRange(await MessageTarget.ResolveAsync(node.Control, [MessageTarget.All], cancellationToken).ConfigureAwait(false));
            else if (target.ToPath(node) is { Service: null } path)
                found.Add(new MessageTarget(target.DisplayName, path));
            else
                throw new FormatException($"'{target}' is a service; name the node alone, as in bob/carol");
        }

        return [.. found.DistinctBy(one => one.Path)];
    }
}
