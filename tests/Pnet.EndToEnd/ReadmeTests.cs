using System.Globalization;
using System.Text.RegularExpressions;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd;

/// <summary>What README.md tells a reader to type works as written.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task The_tour_in_the_shell_does_what_it_says()
    {
        await using var network = new TestNetwork();
        string tour = Block("tour-sh").Replace("47210", Ports.Free().ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        string script = network.PathOf("tour.sh");
        await File.WriteAllTextAsync(script, tour);
        string line = $"cd '{network.Directory}' && exec bash -eu -o pipefail '{script}'";
        Finished tourist = (await network.ShAsync(line, TimeSpan.FromMinutes(3))).Succeeds();
        string[] lines = tourist.Output.Split('\n');
        Assert.Contains("HELLO", lines);
        Assert.Contains("2 sent, 2 received", tourist.Output, StringComparison.Ordinal);
        Assert.Contains(lines, l => Regex.IsMatch(l, @"^\s+2 .*\bcarol\b.*\bvia "));
        Assert.Contains(lines, l => l.Contains(DateTime.UtcNow.Year.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("lunch?", StringComparison.Ordinal));
        Assert.Equal(await File.ReadAllTextAsync(network.PathOf("notes.txt")), await File.ReadAllTextAsync(network.PathOf("share/backup/notes.txt")));
        Assert.Empty(Directory.GetFiles(network.Directory, "*.sock"));
        await Bounded.UntilAsync("all daemons to end", () => ProcessTable.Marked(network.Mark).Count == 0);
    }

    private static string Block(string name)
    {
        var match = Regex.Match(File.ReadAllText(Readme()), $@"<!-- block: {name} -->\n+```\w*\n(?<text>.*?)```", RegexOptions.Singleline);
        Assert.True(match.Success, $"README.md has no block \"{name}\"");
        return match.Groups["text"].Value;
    }

    /// <summary>Where a document of the repository is.</summary>
    internal static string Document(string path) => Path.Combine(Path.GetDirectoryName(Readme())!, path);

    private static string Readme()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "PnetPS.sln")))
                return Path.Combine(at.FullName, "README.md");
        throw new DirectoryNotFoundException($"no PnetPS.sln above {AppContext.BaseDirectory}");
    }
}
