using Pnet;
using PnetPS.Hosting;

namespace PnetPS.Arguments;

/// <summary>
/// A node where a cmdlet wants one to ask: the object, its name or id as text, or a peer that is itself a node of this
/// process. PowerShell converts to it by itself.
/// </summary>
public sealed class NodeArgument
{
    private readonly R2Peer? _peer;

    /// <summary>Names a node of this process.</summary>
    /// <param name="text">Its name, its id, or 4 or more characters that its id begins with.</param>
    public NodeArgument(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        Text = text;
    }

    /// <summary>Takes a node that is at hand.</summary>
    public NodeArgument(R2Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        Node = node;
    }

    /// <summary>Means the node at the other end of a link.</summary>
    public NodeArgument(R2Peer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        _peer = peer;
        Text = peer.Id;
    }

    /// <summary>The text, where the node is yet to be found.</summary>
    internal string? Text { get; }

    /// <summary>The node, where it was given.</summary>
    internal R2Node? Node { get; }

    /// <summary>What was given.</summary>
    public override string ToString() => (Node as object ?? _peer)?.ToString() ?? Text!;

    /// <summary>Finds the node.</summary>
    /// <exception cref="PnetException">No node of this process is meant, or several may be.</exception>
    internal R2Node ToNode()
    {
        if (Node is not null)
            return Node;
        if (_peer is null)
            return ModuleState.Nodes.Find(Text!);

        // A peer is somebody else's node, unless it runs here as well.
        return ModuleState.Nodes.All.FirstOrDefault(node => node.Id == _peer.Id) ?? throw new PnetException(
            PnetError.Refused,
            $"{_peer} is a peer of {_peer.Node}, and no node of this process",
            "Ask the node that has it: Get-R2Peer and Get-R2Service show a peer's own with -Target.");
    }
}
