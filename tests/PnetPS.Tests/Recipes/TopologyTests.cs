using PnetPS.Recipes;

namespace PnetPS.Tests.Recipes;

public sealed class TopologyTests
{
    public static TheoryData<R2TopologyType> Types => [.. Enum.GetValues<R2TopologyType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_topology_is_connected_and_simple_whatever_its_size(R2TopologyType type)
    {
        for (var count = 1; count <= 40; count++)
        {
            foreach (var topology in Variants(type, count))
            {
                var links = topology.Links();
                Assert.All(links, link => Assert.True(link.From != link.To && link.From >= 0 && link.From < count && link.To >= 0 && link.To < count, $"{topology}: {link}"));
                Assert.Equal(links.Count, links.Select(Unordered).Distinct().Count());
                Assert.Equal(topology.LinkCount, links.Count);
                Assert.True(Reached(links) == count, $"{topology} is not connected");
            }
        }
    }

    [Theory]
    [InlineData(R2TopologyType.Line, 5, new[] { 1, 2, 2, 2, 1 })]
    [InlineData(R2TopologyType.Ring, 5, new[] { 2, 2, 2, 2, 2 })]
    [InlineData(R2TopologyType.Star, 5, new[] { 4, 1, 1, 1, 1 })]
    [InlineData(R2TopologyType.Mesh, 5, new[] { 4, 4, 4, 4, 4 })]
    [InlineData(R2TopologyType.Tree, 7, new[] { 2, 3, 3, 1, 1, 1, 1 })]
    [InlineData(R2TopologyType.Ring, 2, new[] { 1, 1 })]
    [InlineData(R2TopologyType.Mesh, 1, new[] { 0 })]
    public void Each_node_has_the_links_of_its_place(R2TopologyType type, int count, int[] degrees) =>
        Assert.Equal(degrees, Degrees(new Topology(type, count).Links(), count));

    [Fact]
    public void A_tree_has_as_many_children_as_it_branches() =>
        Assert.Equal([(0, 1), (0, 2), (0, 3), (1, 4), (1, 5)], new Topology(R2TopologyType.Tree, 6) { Branching = 3 }.Links());

    [Fact]
    public void Each_node_of_a_random_graph_has_its_degree()
    {
        foreach (var topology in Enumerable.Range(3, 30).SelectMany(count => Variants(R2TopologyType.Random, count)))
            Assert.All(Degrees(topology.Links(), topology.Count), degree => Assert.Equal(topology.Degree, degree));
    }

    [Fact]
    public void The_same_seed_makes_the_same_graph_and_another_one_another()
    {
        IReadOnlyList<(int, int)> Graph(int seed) => new Topology(R2TopologyType.Random, 20) { Degree = 4, Seed = seed }.Links();
        Assert.Equal(Graph(7), Graph(7));
        Assert.True(Enumerable.Range(0, 20).Select(seed => string.Join(' ', Graph(seed))).Distinct().Count() > 15);
    }

    [Fact]
    public void A_seed_makes_the_same_graph_in_every_version() =>
        Assert.Equal(
            "0-1 0-3 0-4 1-2 1-5 2-4 2-5 3-4 3-5",
            string.Join(' ', new Topology(R2TopologyType.Random, 6) { Degree = 3, Seed = 1 }.Links().Select(link => $"{link.From}-{link.To}")));

    [Theory]
    [InlineData(5, 3, "even")]
    [InlineData(4, 4, "at most")]
    [InlineData(6, 1, "not connected")]
    [InlineData(6, 3, null)]
    [InlineData(2, 1, null)]
    public void A_degree_that_no_graph_has_is_told(int count, int degree, string? why)
    {
        if (why is null)
            Assert.Null(RegularGraph.Explain(count, degree));
        else
            Assert.Contains(why, RegularGraph.Explain(count, degree), StringComparison.Ordinal);
    }

    private static IEnumerable<Topology> Variants(R2TopologyType type, int count) => type switch
    {
        R2TopologyType.Tree => from branching in Enumerable.Range(1, 4) select new Topology(type, count) { Branching = branching },
        R2TopologyType.Random => from degree in Enumerable.Range(1, 7)
                                 where count == 1 || RegularGraph.Explain(count, degree) is null
                                 from seed in (int[])[0, 1, -5]
                                 select new Topology(type, count) { Degree = count == 1 ? 0 : degree, Seed = seed },
        _ => [new Topology(type, count)],
    };

    private static (int, int) Unordered((int From, int To) link) => (Math.Min(link.From, link.To), Math.Max(link.From, link.To));

    private static int[] Degrees(IReadOnlyList<(int From, int To)> links, int count) =>
        [.. Enumerable.Range(0, count).Select(node => links.Count(link => link.From == node || link.To == node))];

    private static int Reached(IReadOnlyList<(int From, int To)> links)
    {
        var reached = new HashSet<int> { 0 };
        while (links.Any(link => reached.Contains(link.From) != reached.Contains(link.To)))
            reached.UnionWith(links.Where(link => reached.Contains(link.From) || reached.Contains(link.To)).SelectMany(link => (int[])[link.From, link.To]));
        return reached.Count;
    }
}
