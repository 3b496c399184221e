namespace PnetPS;

/// <summary>A node of a recipe, with what its template says.</summary>
public sealed record R2RecipeNode
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Endpoints to accept links at beside the one that the lab makes for its own links.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>Nodes that are known to it beside those that <see cref="R2Recipe.Trust"/> says: names of nodes of the recipe, ids, or <c>*</c>, which opens its services to any.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>Whether it routes between other nodes.</summary>
    public bool Relay { get; init; } = true;

    /// <summary>How long a peer may be silent before its link is given up: 1 second to 1 hour; <see langword="null"/> for the default.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>Whether another one would be started in the same way.</summary>
    internal bool IsLike(R2RecipeNode other) =>
        Name == other.Name && Relay == other.Relay && KeepAlive == other.KeepAlive
        && Listen.SequenceEqual(other.Listen) && Allow.SequenceEqual(other.Allow);
}
