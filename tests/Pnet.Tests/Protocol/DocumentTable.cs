namespace Pnet.Tests.Protocol;

/// <summary>The rows of a document's tables, found by the heading that they stand under or by their own head row.</summary>
internal static class DocumentTable
{
    /// <summary>The cells of a table's rows, without the head, backticks taken off.</summary>
    /// <param name="path">The document, from the repository's top folder.</param>
    /// <param name="head">How the head row begins, from its first cell on: <c>code | operation</c>.</param>
    public static List<string[]> Rows(string path, string head)
    {
        var lines = Repository.Read(path).Split('\n').ToList();
        var at = lines.FindIndex(line => line.StartsWith($"| {head} |", StringComparison.Ordinal));
        Assert.True(at >= 0, $"{path} has no table that begins with \"{head}\"");
        return [.. lines.Skip(at + 2).TakeWhile(line => line.StartsWith('|')).Select(Cells)];
    }

    /// <summary>A number as people write it: <c>65,536</c>.</summary>
    public static long Number(string text) => long.Parse(text.Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);

    private static string[] Cells(string line) => [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim().Trim('`'))];
}
