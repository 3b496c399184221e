namespace PnetPS.Recipes;

/// <summary>Finds what somebody may have meant who mistyped a name.</summary>
internal static class Nearest
{
    private const int MaxListed = 12;

    /// <summary>Advice to append to an error: the nearest name, or else the names there are.</summary>
    public static string Advice(string typed, IEnumerable<string> names)
    {
        var all = names.ToList();
        if (Find(typed, all) is { } nearest)
            return $"did you mean {nearest}?";
        if (all.Count < 2)
            return all.Count == 0 ? "there are none" : $"there is only {all[0]}";
        var more = all.Count > MaxListed ? $" and {all.Count - MaxListed} more" : "";
        return $"there are {string.Join(", ", all.Take(MaxListed))}{more}";
    }

    /// <summary>The nearest name, where one is near enough to be what was meant: a third of its letters may differ.</summary>
    public static string? Find(string typed, IEnumerable<string> names) => names
        .Select(name => (Name: name, Distance: Distance(typed.ToLowerInvariant(), name.ToLowerInvariant())))
        .Where(found => found.Distance <= Math.Max(1, found.Name.Length / 3))
        .OrderBy(found => found.Distance)
        .Select(found => found.Name)
        .FirstOrDefault();

    /// <summary>Letters to add, take away, change or swap with the next one to get from one text to the other.</summary>
    private static int Distance(string from, string to)
    {
        var distances = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                distances[i, j] = i == 0 ? j : j == 0 ? i : Math.Min(
                    Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1,
                    distances[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    distances[i, j] = Math.Min(distances[i, j], distances[i - 2, j - 2] + 1);
            }
        }

        return distances[from.Length, to.Length];
    }
}
