using Pnet.Addressing;

namespace Pnet.Tests.Addressing;

public sealed class AddressPathTests
{
    [Fact]
    public void A_path_has_hops_and_a_service()
    {
        var path = AddressPath.Parse("bob/carol/service:ssh");

        Assert.Equal(["bob", "carol"], path.Hops.Select(hop => hop.ToString()));
        Assert.Equal("ssh", path.Service);
        Assert.Equal(2, path.Depth);
        Assert.Equal("bob/carol/service:ssh", path.ToString());
        Assert.Equal("bob", path.Parent!.ToString());
        Assert.Equal("bob/carol", path.WithService(null).ToString());
        Assert.Equal("bob/carol/service:web", path.WithService("web").ToString());
    }

    [Fact]
    public void The_node_that_is_asked_is_written_as_a_dot()
    {
        Assert.Equal(AddressPath.Self, AddressPath.Parse("."));
        Assert.Equal(".", AddressPath.Self.ToString());
        Assert.Null(AddressPath.Self.Parent);
        Assert.Equal(AddressPath.Self, AddressPath.Parse("bob").Parent);
        Assert.Equal(AddressPath.Self.WithService("ssh"), AddressPath.Parse("service:ssh"));
        Assert.Equal("service:ssh", AddressPath.Parse("service:ssh").ToString());
    }

    [Fact]
    public void Paths_are_appended()
    {
        AddressPath bob = AddressPath.Parse("bob"), far = AddressPath.Parse("carol/service:ssh");

        Assert.Equal(AddressPath.Parse("bob/carol/service:ssh"), bob.Append(far));
        Assert.Equal(bob, AddressPath.Self.Append(bob));
        Assert.Equal(far, far.Append(AddressPath.Self));
        Assert.Contains("ends at a service", Assert.Throws<FormatException>(() => far.Append(bob)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_has_at_most_16_hops()
    {
        var longest = AddressPath.Parse(string.Join('/', Enumerable.Repeat(new string('a', 63), 16)) + "/service:" + new string('s', 63));

        Assert.Equal(16, longest.Depth);
        Assert.Throws<FormatException>(() => longest.Parent!.Append(AddressPath.Parse("b/c")));
        Assert.Contains(
            "too many nodes",
            Assert.Throws<FormatException>(() => AddressPath.Parse(string.Join('/', Enumerable.Repeat("a", 17)))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("/", "empty")]
    [InlineData("bob/", "part 2 is empty")]
    [InlineData("bob//carol", "part 2 is empty")]
    [InlineData("bob/./carol", "'.' is no node")]
    [InlineData("bob/car ol", "'car ol' is no node, ' ' at position 4")]
    [InlineData("bob/service:", "service '' is no name, it is empty")]
    [InlineData("bob/service:a:b", "':' at position 2")]
    [InlineData("service:ssh/bob", "'bob' follows the service")]
    [InlineData("x25519:abc/bob", "3 characters")]
    public void Errors_name_the_bad_part_and_show_the_form(string text, string part)
    {
        var error = Assert.Throws<FormatException>(() => AddressPath.Parse(text));

        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains("bob/carol/service:ssh", error.Message, StringComparison.Ordinal);
        Assert.False(AddressPath.TryParse(text, out _));
    }

    [Fact]
    public void Random_paths_come_back_from_their_text()
    {
        var random = new Random(4);
        for (var i = 0; i < 2000; i++)
        {
            var path = new AddressPath(
                Enumerable.Range(0, random.Next(17)).Select(_ => RandomReference(random)).ToArray(),
                random.Next(2) == 0 ? RandomName(random) : null);
            var again = AddressPath.Parse(path.ToString());

            Assert.Equal(path, again);
            Assert.Equal(path.GetHashCode(), again.GetHashCode());
            Assert.Equal(path.ToString(), again.ToString());
        }
    }

    [Fact]
    public void Mistyped_paths_never_give_anything_but_a_format_error()
    {
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var text = Mutations.Of(random, "bob/#7/6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC/service:ssh");
            if (AddressPath.TryParse(text, out var path))
                Assert.Equal(path, AddressPath.Parse(path.ToString()));
            else
                Assert.Throws<FormatException>(() => AddressPath.Parse(text));
        }
    }

    [Fact]
    public void A_huge_text_is_refused_with_a_short_message() =>
        Assert.InRange(Assert.Throws<FormatException>(() => AddressPath.Parse(new string('/', 1 << 20))).Message.Length, 1, 300);

    private static NodeReference RandomReference(Random random) => random.Next(3) switch
    {
        0 => new NodeReference(new NodeId(NodeIdTests.RandomId(random))),
        1 => NodeReference.Parse($"#{random.Next(1, int.MaxValue)}"),
        _ => NodeReference.Parse(RandomName(random)),
    };

    private static string RandomName(Random random)
    {
        const string First = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        return First[random.Next(First.Length)] + new string(random.GetItems<char>(First + "._-", random.Next(63)));
    }
}
