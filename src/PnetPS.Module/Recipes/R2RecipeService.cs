namespace PnetPS;

/// <summary>A service of a recipe.</summary>
public sealed record R2RecipeService
{
    /// <summary>The node that offers it.</summary>
    public required string Node { get; init; }

    /// <summary>Its name; <c>tunnel</c> for a node's <c>TunnelProcess</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What each tunnel to it gets: a command line, a URI, or a script block.</summary>
    public required object Transport { get; init; }

    /// <summary>Who may use it beside the nodes that are known: names of nodes of the recipe, ids, or <c>*</c>.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>As in <c>bob/service:web</c>.</summary>
    public override string ToString() => $"{Node}/service:{Name}";

    /// <summary>Whether another one is the same service; a script block is its text.</summary>
    internal bool IsLike(R2RecipeService other) =>
        Node == other.Node && Name == other.Name && Transport.GetType() == other.Transport.GetType()
        && Transport.ToString() == other.Transport.ToString() && Allow.SequenceEqual(other.Allow);
}
