using Pnet.Addressing;

namespace Pnet.Tests.Addressing;

public sealed class NodeIdTests
{
    private const string Text = "6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC";
    private const string Hex = "ffd8e654b8271c489b2d4cd236c327d4f4091f0958b31af8d6d893905a1ef6c3";

    [Fact]
    public void Both_text_forms_are_read_with_and_without_prefix()
    {
        Assert.Equal(Text, NodeId.Parse(Text).ToString());
        Assert.Equal(Text, NodeId.Parse("x25519:" + Text).ToString());
        Assert.Equal(Hex, NodeId.Parse(Hex).ToHex());
        Assert.Equal(Hex.ToUpperInvariant(), NodeId.Parse("x25519:" + Hex).ToString("X"));
        Assert.Equal(NodeId.Parse(Hex), NodeId.Parse(Hex.ToUpperInvariant()));
    }

    [Fact]
    public void Short_form_is_the_first_eight_characters() => Assert.Equal("6Xb2RtEf", NodeId.Parse(Text).ToShortString());

    [Fact]
    public void Default_is_zero_and_writes_as_32_ones()
    {
        Assert.True(default(NodeId).IsZero);
        Assert.Equal(default, new NodeId(new byte[32]));
        Assert.Equal(new string('1', 32), default(NodeId).ToString());
        Assert.Equal(default, NodeId.Parse(new string('1', 32)));
        Assert.False(NodeId.Parse(Text).IsZero);
    }

    [Fact]
    public void Random_ids_come_back_from_every_form()
    {
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = RandomId(random);
            var id = new NodeId(bytes);

            Assert.Equal(bytes, id.ToByteArray());
            Assert.Equal(id, NodeId.Parse(id.ToString()));
            Assert.Equal(id, NodeId.Parse(id.ToHex()));
            Assert.Equal(id, NodeId.Parse($"x25519:{id}"));
            Assert.Equal(SimpleBase.Base58.Bitcoin.Encode(bytes), id.ToString());
            Assert.Equal(id.GetHashCode(), NodeId.Parse(id.ToString()).GetHashCode());
        }
    }

    [Fact]
    public void Order_is_that_of_the_bytes()
    {
        var random = new Random(2);
        for (var i = 0; i < 2000; i++)
        {
            byte[] left = RandomId(random), right = RandomId(random);
            left.AsSpan(0, random.Next(33)).CopyTo(right); // A common start.
            NodeId a = new(left), b = new(right);

            Assert.Equal(Math.Sign(left.AsSpan().SequenceCompareTo(right)), Math.Sign(a.CompareTo(b)));
            Assert.Equal(left.AsSpan().SequenceEqual(right), a == b);
            Assert.Equal(a.CompareTo(b) < 0, a < b);
            Assert.Equal(a.CompareTo(b) >= 0, a >= b);
            Assert.Equal(a == b, a.Equals((object)b));
        }
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("6Xb2RtEf", "8 characters")]
    [InlineData("0Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC", "'0' at position 1")]
    [InlineData("6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgl", "'l' at position 44")]
    [InlineData("x25519:6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgI", "'I' at position 44")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "not 32 bytes")]
    [InlineData("ffd8e654b8271c489b2d4cd236c327d4f4091f0958b31af8d6d893905a1ef6cg", "'g' at position 64")]
    [InlineData("6Xb2RtEf\u001b[31mAfvd3SPt4ePCibjFHLcyRqVqFgC", "\\u001b")]
    public void Errors_name_the_bad_part_and_show_the_form(string text, string part)
    {
        var error = Assert.Throws<FormatException>(() => NodeId.Parse(text));

        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains("43 or 44 Base58 characters such as", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', error.Message);
        Assert.False(NodeId.TryParse(text, out var none));
        Assert.True(none.IsZero);
    }

    [Fact]
    public void Mistyped_ids_never_give_anything_but_a_format_error()
    {
        var random = new Random(3);
        for (var i = 0; i < 20_000; i++)
        {
            var text = Mutations.Of(random, random.Next(2) == 0 ? Text : Hex);
            if (NodeId.TryParse(text, out var id))
                Assert.Equal(id, NodeId.Parse(id.ToString()));
            else
                Assert.Throws<FormatException>(() => NodeId.Parse(text));
        }
    }

    [Fact]
    public void Only_32_bytes_make_an_id()
    {
        Assert.Throws<ArgumentException>(() => new NodeId(new byte[31]));
        Assert.Throws<ArgumentException>(() => new NodeId(new byte[33]));
        Assert.Throws<ArgumentException>(() => NodeId.Parse(Text).CopyTo(new byte[31]));
        Assert.Throws<FormatException>(() => NodeId.Parse(Text).ToString("Q"));
    }

    [Fact]
    public void Formatting_into_a_span_reports_one_that_is_too_short()
    {
        var id = NodeId.Parse(Text);

        Assert.False(id.TryFormat(new char[43], out var written));
        Assert.Equal(0, written);
        Assert.True(id.TryFormat(new char[44], out written));
        Assert.Equal(44, written);
        Assert.False(id.TryFormat(new char[63], out _, "x"));
    }

    internal static byte[] RandomId(Random random)
    {
        var bytes = new byte[32];
        random.NextBytes(bytes.AsSpan(random.Next(4) == 0 ? random.Next(33) : 0)); // Some with zeros in front.
        return bytes;
    }
}
