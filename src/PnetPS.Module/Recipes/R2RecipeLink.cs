namespace PnetPS;

/// <summary>A link of a recipe.</summary>
public sealed record R2RecipeLink
{
    /// <summary>The node that opens it.</summary>
    public required string From { get; init; }

    /// <summary>The node it leads to.</summary>
    public required string To { get; init; }

    /// <summary>What carries it, as <see cref="From"/> opens it; <see langword="null"/> for what the lab makes.</summary>
    public string? Transport { get; init; }

    /// <summary>As in <c>alice - bob</c>.</summary>
    public override string ToString() => $"{From} - {To}";

    /// <summary>Whether it joins two nodes, whichever opens it.</summary>
    internal bool Joins(string one, string other) => (From == one && To == other) || (From == other && To == one);
}
