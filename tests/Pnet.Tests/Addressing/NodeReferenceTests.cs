using Pnet.Addressing;

namespace Pnet.Tests.Addressing;

public sealed class NodeReferenceTests
{
    private static readonly NodeId First = NodeId.Parse("6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC");
    private static readonly NodeId Second = NodeId.Parse("6Xb2AtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC");
    private static readonly NodeId Third = NodeId.Parse("ffd8e654b8271c489b2d4cd236c327d4f4091f0958b31af8d6d893905a1ef6c3");

    private static readonly (NodeId, string?)[] Candidates = [(First, "bob"), (Second, null), (Third, "carol")];

    [Fact]
    public void Whole_ids_names_and_id_prefixes_resolve()
    {
        Assert.Equal(First, Resolve(First.ToString()));
        Assert.Equal(Third, Resolve($"x25519:{Third.ToHex()}"));
        Assert.Equal(First, Resolve("bob"));
        Assert.Equal(Second, Resolve("6Xb2A"));
        Assert.Equal(Third, Resolve(Third.ToString()[..4]));
    }

    [Fact]
    public void A_node_with_two_links_is_one_candidate() =>
        Assert.Equal(First, NodeReference.Parse("bob").Resolve([(First, "bob"), (First, "bob"), (Second, "carol")]));

    [Fact]
    public void An_ambiguous_prefix_is_refused_with_the_candidates()
    {
        var error = Assert.Throws<PnetException>(() => Resolve("6Xb2"));

        Assert.Equal(PnetError.Usage, error.Error);
        Assert.Contains(First.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains(Second.ToString(), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Third.ToString(), error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Action);
    }

    [Fact]
    public void Two_nodes_of_one_name_are_ambiguous() =>
        Assert.Equal(
            PnetError.Usage,
            Assert.Throws<PnetException>(() => NodeReference.Parse("bob").Resolve([(First, "bob"), (Third, "bob")])).Error);

    [Fact]
    public void A_name_cannot_take_the_place_of_another_nodes_id_prefix() =>
        Assert.Equal(
            PnetError.Usage,
            Assert.Throws<PnetException>(() => NodeReference.Parse("6Xb2R").Resolve([(First, "bob"), (Third, "6Xb2R")])).Error);

    [Theory]
    [InlineData("dave")]
    [InlineData("Bob")]
    [InlineData("6Xb")]
    [InlineData("6xb2R")]
    [InlineData("BgYY4zmYMFPSAKTa9q2vxPqyF8ZZs4iHRTRpyaaVYcYv")]
    public void What_no_node_goes_by_is_not_found(string text)
    {
        var error = Assert.Throws<PnetException>(() => Resolve(text));

        Assert.Equal(PnetError.NotFound, error.Error);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Action);
    }

    [Fact]
    public void Link_numbers_are_kept_apart_from_nodes()
    {
        var reference = NodeReference.Parse("#7");

        Assert.Equal(7, reference.Link);
        Assert.Null(reference.Name);
        Assert.Null(reference.Id);
        Assert.Equal("#7", reference.ToString());
        Assert.Equal(reference, NodeReference.Parse("#07"));
        Assert.Equal(PnetError.Usage, Assert.Throws<PnetException>(() => Resolve("#7")).Error);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("#", "link's number")]
    [InlineData("#0", "link's number")]
    [InlineData("#-1", "link's number")]
    [InlineData("#99999999999", "link's number")]
    [InlineData("x25519:6Xb2", "4 characters")]
    [InlineData("x25519:", "empty")]
    [InlineData("ffd8e654b8271c489b2d4cd236c327d4f4091f0958b31af8d6d893905a1ef6cx", "'x' at position 64")]
    [InlineData("b b", "' ' at position 2")]
    public void Errors_name_the_bad_part(string text, string part)
    {
        Assert.False(NodeReference.TryParse(text, out _));
        Assert.Contains(part, Assert.Throws<FormatException>(() => NodeReference.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_forms_of_an_id_are_equal() =>
        Assert.Equal(new NodeReference(Third), NodeReference.Parse(Third.ToHex()));

    private static NodeId Resolve(string text) => NodeReference.Parse(text).Resolve(Candidates);
}
