using System.Buffers;
using Pnet.Addressing;
using Pnet.Frames;
using Pnet.Services.Messages;

namespace Pnet.Tests.Services.Messages;

public sealed class MessageWireTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Messages_are_put_together_however_their_bytes_are_cut(int seed)
    {
        var random = new Random(seed);
        var bodies = Enumerable.Range(0, 60).Select(_ => Bytes(random, random.Next(4) == 0 ? random.Next(70_000) : random.Next(80))).ToList();
        var kinds = bodies.Select(_ => (MessageKind)random.Next(1, 4)).ToList();
        var stream = bodies.Zip(kinds).SelectMany(pair => Framed((byte)pair.Second, pair.First)).ToArray();
        // Every third is skipped.
        var asked = 0;
        var assembler = new MessageAssembler(Message.MaxSize, (_, _) => ++asked % 3 != 0);
        var got = new List<(MessageKind Kind, byte[]? Body)>();
        foreach (var piece in Cut(random, stream))
        {
            var rest = piece.Rest;
            while (assembler.TryRead(ref rest))
                got.Add((assembler.Kind, assembler.Body));
            piece.Keep(rest);
        }
        Assert.False(assembler.IsWithin);
        Assert.Equal(kinds, got.Select(m => m.Kind));
        Assert.All(got.Select((m, i) => (m.Body, i)), m => Assert.Equal(m.i % 3 == 2 ? null : bodies[m.i], m.Body));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 1)]
    [InlineData(255, 0)]
    [InlineData(1, -1)]
    [InlineData(1, int.MinValue)]
    [InlineData(2, Message.MaxSize + 1)]
    public void A_header_of_another_form_is_refused_before_memory_is_taken(byte kind, int length)
    {
        var header = new byte[MessageWire.HeaderSize];
        MessageWire.WriteHeader(header, kind, length);
        var assembler = new MessageAssembler(Message.MaxSize, (_, _) => throw new InvalidOperationException("asked"));
        var input = new ReadOnlySequence<byte>(header);
        Assert.Equal(PnetError.Protocol, Assert.Throws<PnetException>(() => assembler.TryRead(ref input)).Error);
    }

    [Fact]
    public void Verdicts_are_read_as_they_were_written_and_never_before_they_are_whole()
    {
        var bytes = new byte[MessageWire.MaxVerdictSize * 2];
        MessageWire.WriteNumbered(bytes, MessageWire.Accepted, 7);
        var length = MessageWire.VerdictSize + MessageWire.WriteRefusal(bytes.AsSpan(MessageWire.VerdictSize), 9, new Reason(ReasonCode.LimitReached, "full"));
        for (var count = 0; count < length; count++)
        {
            var part = new ReadOnlySequence<byte>(bytes, 0, count);
            var read = 0;
            while (MessageWire.TryReadVerdict(ref part, out _, out _))
                read++;
            Assert.Equal(count < MessageWire.VerdictSize ? 0 : 1, read);
        }
        var whole = new ReadOnlySequence<byte>(bytes, 0, length);
        Assert.True(MessageWire.TryReadVerdict(ref whole, out var first, out var accepted) && first == 7 && accepted is null);
        Assert.True(MessageWire.TryReadVerdict(ref whole, out var second, out var refused) && second == 9);
        Assert.Equal(new Reason(ReasonCode.LimitReached, "full"), refused);
        Assert.True(whole.IsEmpty);
    }

    [Theory]
    [InlineData("03 0000000000000001")]
    [InlineData("01 0000000000000000")]
    [InlineData("01 8000000000000000")]
    [InlineData("02 0000000000000001 0000")]
    [InlineData("02 0000000000000001 0202")]
    [InlineData("02 0000000000000001 FFFF")]
    public void A_verdict_of_another_form_is_refused(string hex)
    {
        var input = new ReadOnlySequence<byte>(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        Assert.Equal(PnetError.Protocol, Assert.Throws<PnetException>(() => MessageWire.TryReadVerdict(ref input, out _, out _)).Error);
    }

    [Fact]
    public void What_an_inbox_tells_of_a_message_is_read_as_it_was_written()
    {
        var id = new NodeId(Bytes(new Random(1), NodeId.Size));
        foreach (var name in new[] { null, "bob", new string('n', NodeName.MaxLength) })
        {
            var message = new InboxMessage(id, name, MessageKind.Text, [.. "hello"u8], DateTimeOffset.UtcNow);
            var bytes = new byte[200];
            var length = MessageWire.WriteEnvelope(bytes, message);
            message.Body.CopyTo(bytes, length);
            var read = MessageWire.ReadEnvelope(MessageKind.Text, bytes.AsMemory(MessageWire.HeaderSize, length - MessageWire.HeaderSize + 5));
            Assert.Equal((id, name, MessageKind.Text, "hello"), (read.From, read.FromName, read.Kind, read.Text));
            Assert.Equal(message.ReceivedAt.ToUnixTimeMilliseconds(), read.ReceivedAt.ToUnixTimeMilliseconds());
        }
    }

    [Fact]
    public void Random_bytes_from_an_inbox_are_read_or_refused()
    {
        var random = new Random(4);
        for (var i = 0; i < 2_000; i++)
        {
            try
            {
                MessageWire.ReadEnvelope(MessageKind.Bytes, Bytes(random, random.Next(120)));
            }
            catch (PnetException e)
            {
                Assert.Equal(PnetError.Protocol, e.Error);
            }
        }
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static IEnumerable<byte> Framed(byte kind, byte[] body)
    {
        var header = new byte[MessageWire.HeaderSize];
        MessageWire.WriteHeader(header, kind, body.Length);
        return header.Concat(body);
    }

    private static IEnumerable<Piece> Cut(Random random, byte[] stream)
    {
        var piece = new Piece();
        for (var at = 0; at < stream.Length;)
        {
            var count = Math.Min(stream.Length - at, random.Next(3) == 0 ? random.Next(1, 8) : random.Next(1, 40_000));
            piece.Add(stream.AsSpan(at, count));
            at += count;
            yield return piece;
        }
    }

    private sealed class Piece
    {
        private byte[] _bytes = [];

        public ReadOnlySequence<byte> Rest => new(_bytes);

        public void Add(ReadOnlySpan<byte> bytes) => _bytes = [.. _bytes, .. bytes];

        public void Keep(ReadOnlySequence<byte> rest) => _bytes = rest.ToArray();
    }
}
