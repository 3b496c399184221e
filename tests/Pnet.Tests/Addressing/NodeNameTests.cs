using Pnet.Addressing;

namespace Pnet.Tests.Addressing;

public sealed class NodeNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("7")]
    [InlineData("Bob-2.home_lan")]
    [InlineData("service")]
    public void Names_are_letters_digits_and_three_marks(string name)
    {
        Assert.True(NodeName.IsValid(name));
        Assert.Equal(name, NodeName.Validate(name));
        Assert.Equal(name, ServiceName.Validate(name));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData(".", "starts with '.'")]
    [InlineData("-x", "starts with '-'")]
    [InlineData("_x", "starts with '_'")]
    [InlineData("a b", "' ' at position 2")]
    [InlineData("a/b", "'/' at position 2")]
    [InlineData("bo\u00e9", "'\u00e9' at position 3")]
    [InlineData("bob\u001b[2J", "'\\u001b' at position 4")]
    public void Other_names_are_refused_with_the_place(string name, string part)
    {
        Assert.False(NodeName.IsValid(name));
        Assert.Contains(part, Assert.Throws<FormatException>(() => NodeName.Validate(name)).Message, StringComparison.Ordinal);
        Assert.False(ServiceName.IsValid(name));
        Assert.Contains(part, Assert.Throws<FormatException>(() => ServiceName.Validate(name)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_have_at_most_63_characters()
    {
        Assert.True(NodeName.IsValid(new string('a', 63)));
        Assert.False(NodeName.IsValid(new string('a', 64)));
        Assert.False(NodeName.IsValid(null));
        Assert.False(ServiceName.IsValid(new string('a', 64)));
    }

    [Fact]
    public void A_node_cannot_be_named_like_a_whole_id()
    {
        const string Id = "6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC";

        Assert.False(NodeName.IsValid(Id));
        Assert.True(NodeName.IsValid(Id[..40]));
        Assert.True(ServiceName.IsValid(Id));
    }
}
