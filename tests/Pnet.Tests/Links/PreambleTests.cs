using Pnet.Links;
using Pnet.Tests.Frames;

namespace Pnet.Tests.Links;

public sealed class PreambleTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_preamble_is_read_as_it_was_written(bool networkKey)
    {
        var mine = Preamble.Create(networkKey);
        Assert.Equal(Preamble.Size, mine.Bytes.Length);
        var read = Preamble.Read(mine.Bytes.Span);
        Assert.Equal(networkKey, read.NetworkKey);
        Assert.Equal(mine.Bytes.ToArray(), read.Bytes.ToArray());
    }

    [Fact]
    public void Any_bytes_are_a_preamble_or_a_violation_and_nothing_else()
    {
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            var bytes = Preamble.Create(random.Next(2) == 0).Bytes.ToArray();
            if (random.Next(4) == 0)
                random.NextBytes(bytes);
            bytes[random.Next(bytes.Length)] ^= (byte)random.Next(256);
            Broken.Accepts(() => Preamble.Read(bytes));
            Broken.Accepts(() => Preamble.CheckMagic(bytes.AsSpan(0, random.Next(1, bytes.Length))));
        }
    }

    [Fact]
    public void Each_byte_of_the_magic_and_the_version_counts()
    {
        for (var at = 0; at <= Preamble.MagicSize; at++)
        {
            var bytes = Preamble.Create(false).Bytes.ToArray();
            bytes[at] ^= 0x20;
            Broken.Message(() => Preamble.Read(bytes));
        }
    }

    [Fact]
    public void The_beginning_of_a_preamble_is_no_violation_yet()
    {
        var bytes = Preamble.Create(false).Bytes.ToArray();
        for (var length = 0; length <= bytes.Length; length++)
            Preamble.CheckMagic(bytes.AsSpan(0, length));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nServer", "\"HTTP/1.1 400 Bad Request\"")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1 Debian", "\"SSH-2.0-OpenSSH_9.2p1 Debian\"")]
    [InlineData("no\n", "\"no\"")]
    [InlineData("\u0001\u0002\u0003garbage", "010203")]
    public void What_speaks_otherwise_is_quoted(string said, string quoted) =>
        Assert.Contains($"it began with {quoted}", Broken.Message(() => Preamble.CheckMagic(System.Text.Encoding.ASCII.GetBytes(said))), StringComparison.Ordinal);

    [Fact]
    public void The_larger_random_number_leads()
    {
        for (var i = 0; i < 100; i++)
        {
            var (a, b) = (Preamble.Create(false), Preamble.Create(false));
            Assert.NotEqual(a.Leads(b), b.Leads(a));
        }
        Assert.True(RawPeer.LeadingPreamble(true).Leads(Preamble.Create(false)));
        Assert.True(Preamble.Create(false).Leads(RawPeer.LeadingPreamble(false)));
    }
}
