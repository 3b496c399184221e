using Pnet.Addressing;

namespace Pnet.Tests.Addressing;

public sealed class NodeReferenceTests
{
    private static readonly NodeId _first = NodeId.Parse("6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC");
    private static readonly NodeId _second = NodeId.Parse("6Xb2AtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC");
    private static readonly NodeId _third = NodeId.Parse("ffd8e654b8271c489b2d4cd236c327d4f4091f0958b31af8d6d893905a1ef6c3");

    private static readonly (NodeId, string?)[] _candidates = [(_first, "bob"), (_second, null), (_third, "carol")];

    [Fact]
    public void Whole_ids_names_and_id_prefixes_resolve()
    {
        Assert.Equal(_first, Resolve(_first.ToString()));
        Assert.Equal(_third, Resolve($"x25519:{_third.ToHex()}"));
        Assert.Equal(_first, Resolve("bob"));
        Assert.Equal(_second, Resolve("6Xb2A"));
        Assert.Equal(_third, Resolve(_third.ToString()[..4]));
    }

    [Fact]
    public void A_node_with_two_links_is_one_candidate() =>
        Assert.Equal(_first, NodeReference.Parse("bob").Resolve([(_first, "bob"), (_first, "bob"), (_second, "carol")]));

    [Fact]
    public void An_ambiguous_prefix_is_refused_with_the_candidates()
    {
        var error = Assert.Throws<PnetException>(() => Resolve("6Xb2"));

        Assert.Equal(PnetError.Usage, error.Error);
        Assert.Contains(_first.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains(_second.ToString(), error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_third.ToString(), error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Action);
    }

    [Fact]
    public void Two_nodes_of_one_name_are_ambiguous() =>
        Assert.Equal(
            PnetError.Usage,
            Assert.Throws<PnetException>(() => NodeReference.Parse("bob").Resolve([(_first, "bob"), (_third, "bob")])).Error);

    [Fact]
    public void A_name_cannot_take_the_place_of_another_nodes_id_prefix() =>
        Assert.Equal(
            PnetError.Usage,
            Assert.Throws<PnetException>(() => NodeReference.Parse("6Xb2R").Resolve([(_first, "bob"), (_third, "6Xb2R")])).Error);

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
        Assert.Equal(new NodeReference(_third), NodeReference.Parse(_third.ToHex()));

    private static NodeId Resolve(string text) => NodeReference.Parse(text).Resolve(_candidates);
}
