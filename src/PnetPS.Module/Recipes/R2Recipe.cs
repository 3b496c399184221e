namespace PnetPS;

/// <summary>A network as a recipe describes it, read and found sound; templates and topologies are resolved.</summary>
public sealed record R2Recipe
{
    /// <summary>Its name: what it says, or else that of its file.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>The file, or <see langword="null"/> where it was a hashtable.</summary>
    public string? Path { get; init; }

    /// <summary>Which nodes know each other.</summary>
    public R2RecipeTrust Trust { get; init; }

    /// <summary>The nodes, in order.</summary>
    public required IReadOnlyList<R2RecipeNode> Nodes { get; init; }

    /// <summary>The links, in order.</summary>
    public required IReadOnlyList<R2RecipeLink> Links { get; init; }

    /// <summary>The services, in order.</summary>
    public required IReadOnlyList<R2RecipeService> Services { get; init; }

    /// <summary>The variables with their values.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
