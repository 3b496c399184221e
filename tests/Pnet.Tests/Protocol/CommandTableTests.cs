using System.Text.RegularExpressions;

namespace Pnet.Tests.Protocol;

/// <summary>The table of commands in README.md is what there is.</summary>
public sealed class CommandTableTests
{
    private const string Document = "README.md";

    [Fact]
    public void Every_command_is_in_the_table()
    {
        var source = Repository.SourceFiles("src/Pnet.Cli/Commands").Select(File.ReadAllText);
        var commands = source.SelectMany(text => Regex.Matches(text, """new CliCommand\(\s*"(?<name>[a-z]+)",""")).Select(match => match.Groups["name"].Value);
        // Those of "key" are its own.
        var expected = commands.Except(["new", "show", "network"]).Append("daemon").Distinct().Order().ToList();
        Assert.Contains("connect", expected);
        var told = DocumentTable.Rows(Document, "`r2` | cmdlet").SelectMany(row => Regex.Matches(row[0], "[a-z0-9]+").Select(match => match.Value)).Where(name => name != "r2d");
        Assert.Equal(expected, told.Order());
    }

    [Fact]
    public void Every_cmdlet_is_in_the_table()
    {
        var manifest = Regex.Matches(Repository.Read("module/PnetPS.psd1"), "'(?<name>[A-Z][a-z]+-R2[A-Za-z]+)'").Select(match => match.Groups["name"].Value);
        var told = DocumentTable.Rows(Document, "`r2` | cmdlet").SelectMany(row => Cmdlets(row[1]));
        Assert.Equal(manifest.Order(), told.Order());
    }

    // Several of one noun are written `New-`, `Get-R2Listener`.
    private static IEnumerable<string> Cmdlets(string cell)
    {
        var names = Regex.Matches(cell, @"\b(?<verb>[A-Z][a-z]+)-(?<noun>R2[A-Za-z]+)?(?=`|,|$)").ToList();
        var noun = names.LastOrDefault()?.Groups["noun"].Value;
        return names.Select(name => $"{name.Groups["verb"].Value}-{(name.Groups["noun"].Success ? name.Groups["noun"].Value : noun)}");
    }
}
