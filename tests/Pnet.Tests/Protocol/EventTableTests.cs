using System.Text.RegularExpressions;

namespace Pnet.Tests.Protocol;

/// <summary>The events and counters in docs/architecture.md are those of the code.</summary>
public sealed class EventTableTests
{
    private const string Document = "docs/architecture.md";

    [Fact]
    public void Every_kind_of_event_is_in_the_table()
    {
        var source = Repository.SourceFiles("src").Select(File.ReadAllText);
        // What is between Publish( and the end of the statement, and what is set as a kind elsewhere.
        var places = source.SelectMany(text => Regex.Matches(text, """(Publish\([^;]*;|Kind = "[^"]*")"""));
        var kinds = places.SelectMany(place => Regex.Matches(place.Value, """
            "(?<kind>[a-z]+\.[a-z]+)"
            """.Trim()).Select(match => match.Groups["kind"].Value)).Distinct().ToList();
        Assert.Contains("link.up", kinds);
        Assert.Equal(kinds.Order(), DocumentTable.Rows(Document, "kind | when").Select(row => row[0]).Order());
    }

    [Fact]
    public void Every_counter_is_in_the_table()
    {
        var names = Regex.Matches(Repository.Read("src/Pnet/Control/NodeControl.cs"), """\["(?<name>[a-z.]+)"\] =""").Select(match => match.Groups["name"].Value).ToList();
        Assert.Contains("links", names);
        Assert.Equal(names.Order(), DocumentTable.Rows(Document, "name | counts").Select(row => row[0]).Order());
    }
}
