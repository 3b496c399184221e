using System.Text;
using Pnet.Addressing;

namespace Pnet.Tests.Addressing;

public sealed class TicketTests
{
    private static readonly NodeId Id = new([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    [Fact]
    public void A_ticket_is_letters_and_digits_and_comes_back_as_it_was()
    {
        var random = new Random(20261121);
        for (var i = 0; i < 500; i++)
        {
            var ticket = Random(random);
            Assert.Matches("^r2ticket[1-9A-HJ-NP-Za-km-z]+$", ticket.ToString());
            var read = Ticket.Parse(ticket.ToString());
            Assert.Equal(ticket, read);
            Assert.Equal(ticket.Id, read.Id);
            Assert.Equal(ticket.Endpoints, read.Endpoints);
            Assert.Equal(ticket.Expires, read.Expires);
            Assert.Equal(ticket.OneTime, read.OneTime);
            Assert.Equal(ticket.Secret?.ToArray(), read.Secret?.ToArray());
        }
    }

    [Fact]
    public void Every_change_of_one_character_is_noticed()
    {
        const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        var random = new Random(4);
        var text = Random(random).ToString();
        for (var i = 0; i < text.Length; i++)
        {
            var changed = new StringBuilder(text) { [i] = Alphabet.First(c => c != text[i]) };
            Assert.Throws<FormatException>(() => Ticket.Parse(changed.ToString()));
            Assert.Throws<FormatException>(() => Ticket.Parse(text.Remove(i, 1)));
            if (i > 0)
                Assert.Throws<FormatException>(() => Ticket.Parse(text[..i]));
        }
    }

    [Fact]
    public void Random_text_is_no_ticket_and_nothing_worse()
    {
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            Assert.Throws<FormatException>(() => Ticket.Parse(Ticket.Prefix + SimpleBase.Base58.Bitcoin.Encode(bytes)));
        }
    }

    [Theory]
    [InlineData("", "is no ticket")]
    [InlineData("hello", "is no ticket")]
    [InlineData("r2ticket", "cut off")]
    [InlineData("r2ticketabc0", "'0' at position 12")]
    [InlineData("r2ticketabc", "cut off")]
    public void What_is_wrong_is_said(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => Ticket.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_text_that_is_too_long_is_not_decoded() =>
        Assert.Contains("the longest has 4096", Assert.Throws<FormatException>(() => Ticket.Parse(Ticket.Prefix + new string('z', 5000))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("touch /tmp/x")]
    [InlineData("exec:touch /tmp/x")]
    [InlineData("-")]
    [InlineData("scriptblock://1")]
    [InlineData("tcp://a\nb:1")]
    [InlineData("://")]
    public void No_endpoint_starts_anything(string endpoint) =>
        Assert.Contains("no endpoint for a ticket", Assert.Throws<FormatException>(() => new Ticket(Id, [endpoint])).Message, StringComparison.Ordinal);

    [Fact]
    public void Endpoints_have_limits()
    {
        Assert.Throws<FormatException>(() => new Ticket(Id, []));
        Assert.Throws<FormatException>(() => new Ticket(Id, [.. Enumerable.Repeat("tcp://a:1", Ticket.MaxEndpoints + 1)]));
        Assert.Throws<FormatException>(() => new Ticket(Id, ["tcp://" + new string('a', Ticket.MaxEndpoint)]));
        var longest = new Ticket(Id, [.. Enumerable.Repeat("tcp://" + new string('a', Ticket.MaxEndpoint - 6), Ticket.MaxEndpoints)], new byte[Ticket.SecretSize], DateTimeOffset.UtcNow);
        Assert.InRange(longest.ToString().Length, 1, Ticket.MaxText);
        Assert.Equal(longest, Ticket.Parse(longest.ToString()));
    }

    [Fact]
    public void Blanks_and_line_ends_are_passed_over()
    {
        var ticket = new Ticket(Id, ["tcp://example.com:47210"]);
        var text = ticket.ToString();
        Assert.Equal(ticket, Ticket.Parse($" {text[..20]}\r\n\t{text[20..]}\n"));
    }

    private static Ticket Random(Random random)
    {
        var id = new byte[NodeId.Size];
        random.NextBytes(id);
        var secret = new byte[Ticket.SecretSize];
        random.NextBytes(secret);
        string[] endpoints = [.. Enumerable.Range(0, random.Next(1, Ticket.MaxEndpoints + 1)).Select(i => $"{Ticket.Schemes[random.Next(Ticket.Schemes.Count)]}://host{i}.example:{random.Next(65536)}/é")];
        return new Ticket(new NodeId(id), endpoints, random.Next(2) == 0 ? secret : null, random.Next(2) == 0 ? DateTimeOffset.UnixEpoch.AddSeconds(random.NextInt64(uint.MaxValue)) : null);
    }
}
