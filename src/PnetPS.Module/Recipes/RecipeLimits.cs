namespace PnetPS.Recipes;

/// <summary>How large a lab can be: more is a mistake in a recipe rather than a wish.</summary>
internal static class RecipeLimits
{
    /// <summary>Nodes of a recipe.</summary>
    public const int MaxNodes = 256;

    /// <summary>Links of a recipe.</summary>
    public const int MaxLinks = 4096;
}
