using Pnet.Addressing;
using Pnet.Frames;

namespace Pnet.Services;

/// <summary>Places for what is done for other nodes: so many for each, and so many in all.</summary>
/// <param name="most">In all.</param>
/// <param name="mostPerNode">For one node, over all its links.</param>
internal sealed class CallerLimit(int most, int mostPerNode)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<NodeId, int> _taken = [];
    private int _all;

    /// <summary>Takes a place for a node.</summary>
    /// <returns>Why there is none, or <see langword="null"/>.</returns>
    public Reason? Take(NodeId node)
    {
        lock (_lock)
        {
            var taken = _taken.GetValueOrDefault(node);
            if (taken >= mostPerNode)
                return new Reason(ReasonCode.LimitReached, $"{mostPerNode} channels of one node are served already, the most that there may be", "Close what is not needed, or have the limit raised at that node.");
            if (_all >= most)
                return new Reason(ReasonCode.LimitReached, $"{most} channels are served already, the most for all nodes together; try again later", "Have the limit raised at that node where it happens often.");
            _taken[node] = taken + 1;
            _all++;
            return null;
        }
    }

    /// <summary>Gives a node's place back.</summary>
    public void Return(NodeId node)
    {
        lock (_lock)
        {
            _all--;
            if (_taken[node] > 1)
                _taken[node]--;
            else
                _taken.Remove(node);
        }
    }
}
