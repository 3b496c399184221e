using System.Globalization;

namespace PnetPS.Recipes;

/// <summary>The keys that lead to a value, as text: <c>Nodes.alice.Listen</c>, <c>Links[2].To</c>.</summary>
internal static class RecipePath
{
    public static string Key(string parent, string key)
    {
        var quoted = key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? key : $"'{key}'";
        return parent.Length == 0 ? quoted : $"{parent}.{quoted}";
    }

    public static string Item(string parent, int index) => string.Create(CultureInfo.InvariantCulture, $"{parent}[{index}]");
}
