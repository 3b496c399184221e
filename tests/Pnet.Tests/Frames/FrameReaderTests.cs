using Pnet.Frames;

namespace Pnet.Tests.Frames;

public sealed class FrameReaderTests
{
    [Fact]
    public void Whatever_frames_a_record_holds_are_read_as_they_were_written()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var frames = RandomFrames(random, random.Next(1, 40), random.Next(1, 1500));
            Assert.Equal(frames, ReadAll(WriteAll(frames)), FrameComparer);
        }
    }

    [Fact]
    public void A_record_cut_anywhere_gives_the_frames_before_the_cut_and_then_a_violation()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var frames = RandomFrames(random, 5, 30);
            var record = WriteAll(frames);
            for (var cut = 0; cut < record.Length; cut++)
            {
                var read = new List<(FrameHeader, byte[])>();
                var whole = Broken.Accepts(() => ReadAll(record[..cut], read));
                Assert.Equal(frames.Take(read.Count), read, FrameComparer);
                Assert.Equal(WriteAll(read).Length == cut, whole);
            }
        }
    }

    [Fact]
    public void Random_bytes_are_frames_or_a_violation_and_nothing_else()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            // Small lengths and known operations get further.
            for (var at = 0; at + 7 <= bytes.Length && random.Next(4) > 0; at += 7 + bytes[at + 6])
                (bytes[at], bytes[at + 5], bytes[at + 6]) = ((byte)random.Next(0, 12), 0, (byte)random.Next(12));
            Broken.Accepts(() => ReadAll(bytes));
        }
    }

    [Fact]
    public void Changed_records_are_frames_or_a_violation_and_nothing_else()
    {
        var (accepted, refused) = (0, 0);
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            var record = Broken.Mutate(random, WriteAll(RandomFrames(random, 4, 20)));
            _ = Broken.Accepts(() => ReadAll(record)) ? accepted++ : refused++;
        }
        Assert.True(accepted > 100 && refused > 100, $"{accepted} accepted, {refused} refused");
    }

    [Fact]
    public void A_frame_may_fill_a_record_and_not_a_byte_more()
    {
        var frame = (new FrameHeader(Operation.RouteTo, 1, Wire.MaxPayload), new byte[Wire.MaxPayload]);
        var record = WriteAll([frame]);
        Assert.Equal(Wire.MaxRecordPlaintext, record.Length);
        Assert.Equal(Wire.MaxRecord, record.Length + Wire.TagSize);
        Assert.Equal(Wire.MaxPayload, Assert.Single(ReadAll(record)).Header.Length);
        Assert.Contains("runs past the end of its record", Broken.Message(() => ReadAll(record[..^1])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(255)]
    public void An_unknown_operation_is_named(byte operation)
    {
        var record = WriteAll([(new FrameHeader((Operation)operation, 1, 0), [])]);
        Assert.Contains($"unknown operation {operation}", Broken.Message(() => ReadAll(record)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_that_ends_within_a_header_says_so() =>
        Assert.Contains("ends with 6 bytes", Broken.Message(() => ReadAll(new byte[] { 1, 0, 0, 0, 1, 0 })), StringComparison.Ordinal);

    [Fact]
    public void A_header_is_seven_bytes_in_network_order()
    {
        var bytes = new byte[Wire.FrameHeaderSize];
        new FrameHeader(Operation.Credit, 0x01020304, 0x0506).Write(bytes);
        Assert.Equal([4, 1, 2, 3, 4, 5, 6], bytes);
        Assert.Equal(new FrameHeader(Operation.Credit, 0x01020304, 0x0506), FrameHeader.Read(bytes));
    }

    private static IEqualityComparer<(FrameHeader Header, byte[] Payload)> FrameComparer { get; } =
        EqualityComparer<(FrameHeader Header, byte[] Payload)>.Create(
            static (a, b) => a.Header == b.Header && a.Payload.AsSpan().SequenceEqual(b.Payload),
            static f => f.Header.GetHashCode());

    private static List<(FrameHeader Header, byte[] Payload)> RandomFrames(Random random, int count, int longest)
    {
        var frames = new List<(FrameHeader, byte[])>();
        for (var i = 0; i < count; i++)
        {
            var payload = new byte[random.Next(longest + 1)];
            random.NextBytes(payload);
            frames.Add((new FrameHeader((Operation)random.Next(1, 10), (uint)random.NextInt64(1L << 32), payload.Length), payload));
        }
        return frames;
    }

    private static byte[] WriteAll(List<(FrameHeader Header, byte[] Payload)> frames)
    {
        var record = new byte[frames.Sum(f => Wire.FrameHeaderSize + f.Payload.Length)];
        var at = 0;
        foreach (var (header, payload) in frames)
        {
            header.Write(record.AsSpan(at));
            payload.CopyTo(record, at + Wire.FrameHeaderSize);
            at += Wire.FrameHeaderSize + payload.Length;
        }
        return record;
    }

    private static List<(FrameHeader Header, byte[] Payload)> ReadAll(byte[] record)
    {
        var frames = new List<(FrameHeader, byte[])>();
        ReadAll(record, frames);
        return frames;
    }

    private static void ReadAll(byte[] record, List<(FrameHeader Header, byte[] Payload)> into)
    {
        var reader = new FrameReader(record);
        while (reader.MoveNext())
            into.Add((reader.Header, reader.Payload.ToArray()));
    }
}
