using System.Xml.Linq;
using Pnet;
using PnetPS.Graphs;
using PnetPS.Graphs.Layout;
using PnetPS.Graphs.Svg;

namespace PnetPS.Tests.Graphs;

public sealed class PictureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static readonly Dictionary<string, Graph> All = new()
    {
        ["one"] = SampleGraphs.Make("One", 1, []),
        ["line of 3"] = SampleGraphs.Line(3),
        ["line of 12"] = SampleGraphs.Line(12),
        ["ring of 3"] = SampleGraphs.Ring(3),
        ["ring of 20"] = SampleGraphs.Ring(20),
        ["star of 7"] = SampleGraphs.Star(7),
        ["star of 30"] = SampleGraphs.Star(30),
        ["mesh of 6"] = SampleGraphs.Mesh(6),
        ["tree of 15"] = SampleGraphs.Tree(15),
        ["tree of 40"] = SampleGraphs.Tree(40, 3),
        ["relay"] = SampleGraphs.Relay,
        ["random 12"] = SampleGraphs.Random(12, 6, 3),
        ["random 30"] = SampleGraphs.Random(30, 12, 7),
        ["random 150"] = SampleGraphs.Random(150, 40, 5),
        ["everything"] = SampleGraphs.Everything,
    };

    public static TheoryData<string> Forms => [.. All.Keys];

    /// <summary>Graphs that can be drawn without a crossing.</summary>
    public static TheoryData<string> Flat => ["line of 3", "line of 12", "ring of 3", "ring of 20", "star of 7", "star of 30", "tree of 15", "tree of 40", "relay", "everything"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void No_two_cards_overlap(string form)
    {
        var boxes = Scene.Of(All[form]).Boxes;
        for (var i = 0; i < boxes.Count; i++)
        {
            for (var j = i + 1; j < boxes.Count; j++)
                Assert.False(boxes[i].Inflate(4).Intersects(boxes[j]), $"{i} and {j}");
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_is_written_at_links_covers_no_card_and_no_other_label(string form)
    {
        var scene = Scene.Of(All[form]);
        var labels = scene.Labels.OfType<LabelPlacer.Label>().Select(label => label.Box).ToList();
        Assert.All(labels, label => Assert.DoesNotContain(scene.Boxes, box => box.Intersects(label)));
        Assert.All(labels, label => Assert.Single(labels, other => other.Intersects(label)));
    }

    [Theory]
    [MemberData(nameof(Flat))]
    public void No_link_crosses_another_where_none_has_to(string form)
    {
        var curves = Scene.Of(All[form]).Curves;
        for (var i = 0; i < curves.Count; i++)
            Assert.DoesNotContain(curves.Skip(i + 1), curves[i].Crosses);
    }

    [Fact]
    public void No_link_passes_under_a_card_that_is_not_its_own()
    {
        foreach (var graph in new[] { SampleGraphs.Relay, SampleGraphs.Everything, SampleGraphs.Mesh(6), SampleGraphs.Random(30, 12, 7) })
        {
            var scene = Scene.Of(graph);
            var index = graph.Index();
            for (var i = 0; i < graph.Links.Count; i++)
            {
                var own = new[] { index[graph.Links[i].From], index[graph.Links[i].To] };
                Assert.DoesNotContain(Enumerable.Range(0, scene.Boxes.Count).Except(own), node => scene.Curves[i].Meets(scene.Boxes[node]));
            }
        }
    }

    [Fact]
    public void Few_links_of_a_random_graph_cross()
    {
        var curves = Scene.Of(SampleGraphs.Random(30, 12, 7)).Curves;
        var crossings = Enumerable.Range(0, curves.Count).Sum(i => curves.Skip(i + 1).Count(curves[i].Crosses));
        Assert.InRange(crossings, 0, 5);
    }

    [Theory]
    [InlineData("ring of 20", 20)]
    [InlineData("tree of 15", 14)]
    [InlineData("relay", 3)]
    public void Every_link_has_its_label_where_there_is_room(string form, int labels) =>
        Assert.Equal(labels, Scene.Of(All[form]).Labels.OfType<LabelPlacer.Label>().Count());

    [Fact]
    public void A_ring_is_a_circle_in_the_order_of_its_links()
    {
        var centres = Scene.Of(SampleGraphs.Ring(20)).Boxes.Select(box => box.Centre).ToList();
        var middle = new Point(centres.Average(point => point.X), centres.Average(point => point.Y));
        var radii = centres.Select(point => (point - middle).Length).ToList();
        Assert.InRange(radii.Max() - radii.Min(), 0, 1);
        Assert.True(centres[0].Y < centres[10].Y);
    }

    [Fact]
    public void A_relayed_link_is_a_curve_round_its_router()
    {
        var scene = Scene.Of(SampleGraphs.Relay);
        Assert.Equal([0, 0], scene.Curves.Take(2).Select(curve => curve.Bend));
        Assert.NotEqual(0, scene.Curves[2].Bend);
        Assert.False(scene.Curves[2].Meets(scene.Boxes[1]));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_same_graph_gives_the_same_picture(string form) => Assert.Equal(SvgWriter.Write(All[form]), SvgWriter.Write(All[form]));

    [Theory]
    [MemberData(nameof(Forms))]
    public void Everything_lies_within_the_picture(string form)
    {
        var picture = XDocument.Parse(SvgWriter.Write(All[form])).Root!;
        var (width, height) = (Number(picture, "width"), Number(picture, "height"));
        foreach (var card in picture.Descendants(Svg + "g").Where(group => group.Attribute("class") is { Value: var kind } && kind.StartsWith("node", StringComparison.Ordinal) && group.Attribute("transform") is not null))
        {
            var shift = card.AncestorsAndSelf().Select(part => part.Attribute("transform")?.Value).OfType<string>().Select(Shift).ToList();
            var (left, top) = (shift.Sum(point => point.X), shift.Sum(point => point.Y));
            var box = card.Element(Svg + "rect")!;
            Assert.InRange(left, 0, width - Number(box, "width"));
            Assert.InRange(top, 0, height - Number(box, "height"));
        }
    }

    [Fact]
    public void A_picture_needs_nothing_from_outside()
    {
        var svg = SvgWriter.Write(SampleGraphs.Everything);
        foreach (var outside in new[] { "href", "url(", "@import", "<script", "<image", "<foreignObject" })
            Assert.DoesNotContain(outside, svg, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("@media (prefers-color-scheme: dark)", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Tips_tell_what_has_no_room()
    {
        var tips = XDocument.Parse(SvgWriter.Write(SampleGraphs.Everything)).Descendants(Svg + "title").Select(title => title.Value).ToList();
        Assert.Contains(tips, tip => tip.Contains("services: ssh, web, files, mail, clock", StringComparison.Ordinal));
        Assert.Contains(tips, tip => tip.Contains("listens on unix:///run/bob.sock", StringComparison.Ordinal));
        Assert.Contains(tips, tip => tip.Contains("carol (told nothing)", StringComparison.Ordinal) && tip.Contains("refused", StringComparison.Ordinal));
        Assert.Contains(tips, tip => tip.StartsWith("alice — carol", StringComparison.Ordinal) && tip.Contains("relayed through bob", StringComparison.Ordinal));
        Assert.Contains(tips, tip => tip.Contains("connection refused", StringComparison.Ordinal));
    }

    [Fact]
    public void An_empty_graph_is_a_picture_too() => Assert.Equal("svg", XDocument.Parse(SvgWriter.Write(SampleGraphs.Make("Nothing", 0, []))).Root!.Name.LocalName);

    [Fact]
    public void Too_many_nodes_are_refused()
    {
        var graph = SampleGraphs.Make("Many", GraphWriter.MostDrawn + 1, []);
        Assert.Equal(PnetError.LimitReached, Assert.Throws<PnetException>(() => GraphWriter.Write(graph, GraphFormat.Svg)).Error);
        Assert.Contains("n500", GraphWriter.Write(graph, GraphFormat.Dot), StringComparison.Ordinal);
    }

    [Fact]
    public void The_most_nodes_that_a_picture_may_have_are_drawn() =>
        Assert.Equal("svg", XDocument.Parse(SvgWriter.Write(SampleGraphs.Random(GraphWriter.MostDrawn, 60, 1))).Root!.Name.LocalName);

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, System.Globalization.CultureInfo.InvariantCulture);

    private static Point Shift(string transform)
    {
        var numbers = transform["translate(".Length..^1].Split(' ').Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        return new Point(numbers[0], numbers[1]);
    }
}
