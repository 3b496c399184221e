using System.Globalization;

namespace PnetPS;

/// <summary>Something that is wrong with a recipe.</summary>
public sealed record R2RecipeError
{
    /// <summary>Where: the keys that lead there, as in <c>Nodes.alice.Listen</c> or <c>Links[2].To</c>; empty for the file itself.</summary>
    public required string Path { get; init; }

    /// <summary>What is wrong, and what would be right.</summary>
    public required string Message { get; init; }

    /// <summary>The line of the file, from 1, where it was read from one.</summary>
    public int? Line { get; init; }

    /// <summary>The file, or <see langword="null"/> for a recipe that is a hashtable.</summary>
    public string? File { get; init; }

    /// <summary>As in <c>Nodes.alice.Listen: … (line 7)</c>.</summary>
    public override string ToString()
    {
        var line = Line is { } number ? string.Create(CultureInfo.InvariantCulture, $" (line {number})") : "";
        return Path.Length == 0 ? $"{Message}{line}" : $"{Path}: {Message}{line}";
    }
}
