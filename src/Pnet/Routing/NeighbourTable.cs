using Pnet.Addressing;

namespace Pnet.Routing;

/// <summary>The links that are up, by number and by node.</summary>
public sealed class NeighbourTable
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, Neighbour> _byNumber = [];

    /// <summary>Nodes that can be routed to, in the order of their links. Managers are left out.</summary>
    public IReadOnlyList<Neighbour> Nodes
    {
        get
        {
            lock (_lock)
                return [.. _byNumber.Values.Where(n => !n.Origin.Manager)];
        }
    }

    /// <summary>All links, those of managers included.</summary>
    public IReadOnlyList<Neighbour> All
    {
        get
        {
            lock (_lock)
                return [.. _byNumber.Values];
        }
    }

    /// <summary>The number of links, those of managers included.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _byNumber.Count;
        }
    }

    /// <summary>Finds the best link to a node: a direct one before one through a router, the oldest of several, and none that is ending.</summary>
    public Neighbour? Find(NodeId id)
    {
        lock (_lock)
        {
            Neighbour? best = null;
            foreach (var neighbour in _byNumber.Values)
            {
                if (neighbour.Id != id || neighbour.Origin.Manager || neighbour.IsEnding)
                    continue;
                if (neighbour.Origin.Via is null)
                    return neighbour;
                best ??= neighbour;
            }
            return best;
        }
    }

    /// <summary>Finds the link to a node through a given router, where it isn't ending.</summary>
    public Neighbour? Find(NodeId id, NodeId via)
    {
        lock (_lock)
            return _byNumber.Values.FirstOrDefault(n => n.Id == id && n.Origin.Via == via && !n.IsEnding);
    }

    internal void Add(Neighbour neighbour)
    {
        lock (_lock)
            _byNumber.Add(neighbour.Number, neighbour);
    }

    internal void Remove(Neighbour neighbour)
    {
        lock (_lock)
            _byNumber.Remove(neighbour.Number);
    }
}
