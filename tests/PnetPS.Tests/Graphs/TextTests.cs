using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using PnetPS.Graphs;
using PnetPS.Graphs.Text;

namespace PnetPS.Tests.Graphs;

/// <summary>Names, command lines and reasons come from far nodes, who may have chosen them for what they do to a file.</summary>
public sealed partial class TextTests
{
    public static TheoryData<string> Hostile =>
    [
        "</title><script>alert(1)</script>",
        "\"; n0 -- n0 [URL=\"http://evil\"]; //",
        "\\\"] evil [label=\"",
        "a\\",
        "]]> --> <!-- &amp; &lt; '",
        "\"]\n    click n0 \"http://evil\"",
        "`markdown` #quot; #35; **bold**",
        "end\0\u0001\u001b[31m\r\n\u2028next",
        "evil\u202Egnp.exe\u2066",
        "\ud800lone\udc00",
        "日本語 🦊 naïve",
        "%%{init: {}}%% subgraph x",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Svg_stays_well_formed_and_shows_no_markup_of_theirs(string text)
    {
        var picture = XDocument.Parse(GraphWriter.Write(With(text), GraphFormat.Svg));
        var known = new HashSet<string> { "svg", "title", "desc", "style", "rect", "text", "g", "path" };
        Assert.All(picture.Descendants(), element => Assert.Contains(element.Name.LocalName, known));
        Assert.All(picture.Descendants().Attributes(), attribute => Assert.False(attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(2, picture.Descendants().Count(element => element.Attribute("class")?.Value == "node"));
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Dot_keeps_each_statement_on_its_line(string text)
    {
        var lines = GraphWriter.Write(With(text), GraphFormat.Dot).TrimEnd('\n').Split('\n');
        Assert.Equal(8, lines.Length);
        Assert.All(lines[1..^1], line => Assert.Matches(DotStatement(), line));
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Mermaid_keeps_each_statement_on_its_line(string text)
    {
        var lines = GraphWriter.Write(With(text), GraphFormat.Mermaid).TrimEnd('\n').Split('\n');
        Assert.Equal(7, lines.Length);
        Assert.All(lines[4..], line => Assert.Matches(MermaidStatement(), line));
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Json_says_exactly_what_there_is(string text)
    {
        using var json = JsonDocument.Parse(GraphWriter.Write(With(text), GraphFormat.Json));
        var expected = text.Replace('\ud800', '\ufffd').Replace("lone\udc00", "lone\ufffd", StringComparison.Ordinal);
        Assert.Equal(expected, json.RootElement.GetProperty("nodes")[0].GetProperty("name").GetString());
        Assert.Equal(expected, json.RootElement.GetProperty("links")[0].GetProperty("transport").GetString());
    }

    [Fact]
    public void What_turns_or_hides_text_is_taken_out()
    {
        Assert.Equal("evil\ufffdgnp.exe\ufffd", GraphText.Clean("evil\u202Egnp.exe\u2066"));
        Assert.Equal("a\ufffdb  c", GraphText.Clean("a\0b\r\nc"));
        Assert.Equal("abcd…", GraphText.Clean("abcdefgh", 4));
    }

    [Fact]
    public void Json_has_the_names_that_are_documented()
    {
        using var json = JsonDocument.Parse(GraphWriter.Write(SampleGraphs.Relay, GraphFormat.Json));
        var root = json.RootElement;
        Assert.Equal(["title", "nodes", "links"], root.EnumerateObject().Select(property => property.Name));
        Assert.Equal(["key", "name", "id", "state", "services", "endpoints", "note"], root.GetProperty("nodes")[0].EnumerateObject().Select(property => property.Name));
        Assert.Equal(["from", "to", "state", "transport", "roundTrip", "via", "note"], root.GetProperty("links")[0].EnumerateObject().Select(property => property.Name));
        Assert.Equal(12.3, root.GetProperty("links")[0].GetProperty("roundTrip").GetDouble(), 3);
        Assert.Equal("r", root.GetProperty("links")[2].GetProperty("via").GetString());
    }

    [Fact]
    public void Nodes_of_one_name_are_told_apart_by_their_ids()
    {
        var labels = SampleGraphs.Everything.Labels();
        Assert.Equal("erin 3Bf6VxJj…", labels["e"]);
        Assert.Equal("erin 4Cg7WyKk…", labels["e2"]);
        Assert.Equal("bob", labels["b"]);
    }

    [Theory]
    [InlineData("tcp://192.0.2.7:47210", "tcp")]
    [InlineData("ssh -p 22 host r2 connect -", "ssh")]
    [InlineData("/usr/bin/socat unix:'/run/x' -", "socat")]
    [InlineData("{ param($Stream) … }", "script")]
    [InlineData("-", "stdio")]
    [InlineData("  ", null)]
    [InlineData(null, null)]
    [InlineData("a b://c", "a")]
    public void A_transport_has_a_short_name(string? transport, string? name) => Assert.Equal(name, TransportName.Of(transport));

    [Theory]
    [InlineData("x.svg", GraphFormat.Svg)]
    [InlineData("x.MMD", GraphFormat.Mermaid)]
    [InlineData("dir.svg/x.gv", GraphFormat.Dot)]
    [InlineData("x.json", GraphFormat.Json)]
    public void A_files_extension_tells_the_format(string path, GraphFormat format) => Assert.Equal(format, GraphWriter.FormatOf(path));

    [Fact]
    public void An_unknown_extension_tells_those_that_are_known()
    {
        var error = Assert.Throws<Pnet.PnetException>(() => GraphWriter.FormatOf("x.png"));
        Assert.Contains(".svg", error.Action, StringComparison.Ordinal);
    }

    private static Graph With(string text) => new()
    {
        Title = text,
        Nodes =
        [
            new GraphNode("a") { Name = text, Id = text, State = GraphNodeState.Asked, Services = [text], Endpoints = [text], Note = text },
            new GraphNode("b") { Name = "bob", State = GraphNodeState.Asked },
        ],
        Links = [new GraphLink("a", "b") { Transport = text, Note = text }],
    };

    [GeneratedRegex("""^    (graph|node|edge|n\d|n\d -- n\d) \[([a-zA-Z]+=("([^"\\]|\\.)*"|[a-z0-9]+)(, )?)+\];$""")]
    private static partial Regex DotStatement();

    [GeneratedRegex("""^    n\d(\(\["[^"`]*"\]\)| (---|-\.-)(\|"[^"`]*"\|)? n\d)$""")]
    private static partial Regex MermaidStatement();
}
