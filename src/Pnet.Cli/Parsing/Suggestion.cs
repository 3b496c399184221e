namespace Pnet.Cli.Parsing;

/// <summary>Guesses what a mistyped word was meant to be.</summary>
internal static class Suggestion
{
    private const int MaxDistance = 2;

    /// <summary>The candidate nearest to a word, or <see langword="null"/> where none is near.</summary>
    public static string? For(string word, IEnumerable<string> candidates)
    {
        string? best = null;
        int bestDistance = Math.Min(MaxDistance, word.Length - 1) + 1;
        foreach (string candidate in candidates)
        {
            int distance = word.Length >= 2 && candidate.StartsWith(word, StringComparison.Ordinal) ? 0 : Distance(word, candidate);
            if (distance < bestDistance)
                (best, bestDistance) = (candidate, distance);
        }

        return best;
    }

    // Levenshtein's: the fewest characters to insert, delete or change.
    private static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
            row[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
