using Pnet.Addressing;
using PnetPS.Hosting;

namespace PnetPS.Routes;

/// <summary>What a lab knows of its nodes that they need not be asked for.</summary>
internal static class LabWay
{
    /// <summary>The lab that a node belongs to.</summary>
    public static R2Lab? Of(R2Node node) => node.Lab is { } name ? ModuleState.Labs.All.FirstOrDefault(lab => lab.Name == name) : null;

    /// <summary>
    /// The shortest way that the lab's recipe has between two nodes, cut and lost links included: where it breaks is worth
    /// knowing when there is no other.
    /// </summary>
    public static AddressPath? Planned(R2Lab lab, R2Node from, R2Node to)
    {
        var nodes = lab.Nodes;
        var links = lab.Links.Where(link => nodes.ContainsKey(link.From) && nodes.ContainsKey(link.To))
            .SelectMany(link => new[] { (From: nodes[link.From], To: nodes[link.To]), (From: nodes[link.To], To: nodes[link.From]) })
            .ToLookup(link => link.From.Id, link => link.To.Id, StringComparer.Ordinal);
        var ways = new Dictionary<string, AddressPath>(StringComparer.Ordinal) { [from.Id] = AddressPath.Self };
        var queue = new Queue<string>([from.Id]);
        while (queue.TryDequeue(out var id) && !ways.ContainsKey(to.Id))
        {
            foreach (var next in links[id].Where(next => !ways.ContainsKey(next) && ways[id].Depth < AddressPath.MaxHops))
            {
                ways.Add(next, ways[id].Append(new AddressPath(NodeId.Parse(next))));
                queue.Enqueue(next);
            }
        }

        return ways.GetValueOrDefault(to.Id);
    }
}
