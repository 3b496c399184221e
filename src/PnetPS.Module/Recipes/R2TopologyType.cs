namespace PnetPS;

/// <summary>A shape that a recipe's <c>Topology</c> can have.</summary>
public enum R2TopologyType
{
    /// <summary>Each node is linked to the next.</summary>
    Line,

    /// <summary>A line whose last node is linked to the first.</summary>
    Ring,

    /// <summary>All nodes are linked to the first.</summary>
    Star,

    /// <summary>Each node is linked to each other one.</summary>
    Mesh,

    /// <summary>Each node is linked to a number of children, level by level.</summary>
    Tree,

    /// <summary>Each node has the same number of links, to nodes that chance picks; all are connected.</summary>
    Random,
}
