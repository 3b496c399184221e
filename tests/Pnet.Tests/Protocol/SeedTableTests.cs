using System.Text.RegularExpressions;

namespace Pnet.Tests.Protocol;

/// <summary>docs/seeds.md names tests and cmdlets that exist.</summary>
public sealed class SeedTableTests
{
    private const string Document = "docs/seeds.md";

    private static readonly string[][] Rows =
    [
        .. Repository.Read(Document).Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| there |", StringComparison.Ordinal))
            .Select(line => Regex.Split(line.Trim('|', ' '), @"\s*\|\s*")),
    ];

    [Fact]
    public void Every_row_names_a_test_or_says_not_yet()
    {
        Assert.NotEmpty(Rows);
        Assert.All(Rows, row => Assert.True(row.Length == 4 && (row[3] == "not yet" || NamesOf(row[3]).Any()), string.Join(" | ", row)));
    }

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        var files = Repository.SourceFiles("tests").ToLookup(path => Path.GetFileNameWithoutExtension(path), File.ReadAllText);
        Assert.All(Rows.SelectMany(row => NamesOf(row[3])), name => Assert.True(Exists(name, files), $"there is no test {name}"));
    }

    [Fact]
    public void Every_cmdlet_that_is_named_exists()
    {
        var manifest = Repository.Read("module/PnetPS.psd1");
        var named = Rows.SelectMany(row => row[2].Split(';')).Where(text => !text.Contains("not yet", StringComparison.Ordinal))
            .SelectMany(text => Regex.Matches(text, "`(?<name>[A-Z][a-z]+-R2[A-Za-z]+)").Select(match => match.Groups["name"].Value));
        Assert.All(named, name => Assert.Contains($"'{name}'", manifest, StringComparison.Ordinal));
    }

    private static IEnumerable<string> NamesOf(string cell) =>
        Regex.Matches(cell, "`(?<name>[A-Za-z0-9]+Tests\\.[A-Za-z0-9_]+|[A-Za-z0-9]+\\.Tests\\.ps1: [^`]+)`").Select(match => match.Groups["name"].Value);

    private static bool Exists(string name, ILookup<string, string> files)
    {
        if (name.Split(": ", 2) is [var script, var title])
        {
            var path = Path.Combine(Repository.Root, "tests", script);
            return File.Exists(path) && File.ReadAllText(path).Contains($"It '{title.Replace("'", "''", StringComparison.Ordinal)}'", StringComparison.Ordinal);
        }

        var parts = name.Split('.');
        return files[parts[0]].Any(text => Regex.IsMatch(text, $@"\[\w*(Fact|Theory)[^\]]*\](\s*\[[^\]]*\])*\s+public (async Task|void|Task) {parts[1]}\("));
    }
}
