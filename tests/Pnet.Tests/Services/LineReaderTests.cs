using System.Text;
using Pnet.Channels;
using Pnet.Services;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Services;

public sealed class LineReaderTests
{
    private const int MaxLine = 1024;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Lines_are_the_same_however_the_bytes_arrive(int seed)
    {
        var random = new Random(seed);
        var lines = Enumerable.Range(0, 200).Select(i => new string((char)('a' + (i % 26)), random.Next(MaxLine))).ToList();
        var (near, far) = MemoryTransport.CreatePair();
        var writing = WriteAsync(far, string.Concat(lines.Select(line => line + '\n')), random);
        Assert.Equal(lines, await ReadAllAsync(new LineReader(near, "words", MaxLine)).Soon());
        await writing.Soon();
    }

    [Fact]
    public async Task The_longest_line_is_read_and_a_longer_one_is_a_breach()
    {
        Assert.Equal(MaxLine - 1, (await ReadAsync(new string('x', MaxLine - 1) + '\n'))!.Length);
        await ReadAsync(new string('x', MaxLine) + '\n').FailsAsync(PnetError.Protocol, $"words: a line of more than {MaxLine} bytes");
    }

    [Fact]
    public async Task A_last_line_without_its_line_feed_is_told_from_a_whole_one()
    {
        var (near, far) = MemoryTransport.CreatePair();
        await far.WriteAsync("whole\n\ncut"u8.ToArray());
        await far.EndAsync();
        var lines = new LineReader(near, "words", MaxLine);
        foreach (var (text, unterminated) in new[] { ("whole", false), ("", false), ("cut", true) })
            Assert.Equal((text, unterminated), (Text(await lines.ReadAsync(default).Soon()), lines.IsUnterminated));
        Assert.False(lines.HasMore);
        Assert.Null(await lines.ReadAsync(default).Soon());
    }

    [Fact]
    public async Task Room_for_a_long_line_is_drawn_as_the_line_comes_and_given_back_once_it_is_read()
    {
        const int Long = 1 << 20;
        var budget = new BufferBudget(Long);
        using var held = new Holding(budget, null);
        var (near, far) = MemoryTransport.CreatePair();
        var lines = new LineReader(near, "words", 4 * Long, held);
        var text = new string('x', Long / 2);
        var writing = far.WriteAsync(Encoding.UTF8.GetBytes(text + "\nshort\n")).AsTask();
        Assert.Equal(text, Text(await lines.ReadAsync(default).Soon()));
        await writing.Soon();
        Assert.Equal(Long - Holding.Free, budget.Used);
        Assert.Equal("short", Text(await lines.ReadAsync(default).Soon()));
        var next = lines.ReadAsync(default).AsTask();
        Assert.Equal(0, budget.Used);
        writing = far.WriteAsync(Encoding.UTF8.GetBytes(text + text)).AsTask();
        await next.FailsAsync(PnetError.LimitReached, "1 MiB in all");
        Assert.InRange(budget.Used, 1, Long);
    }

    private static async Task<string?> ReadAsync(string bytes)
    {
        var (near, far) = MemoryTransport.CreatePair();
        var writing = WriteAsync(far, bytes, new Random(1));
        var line = Text(await new LineReader(near, "words", MaxLine).ReadAsync(default).Soon());
        await writing.Soon();
        return line;
    }

    private static async Task<List<string>> ReadAllAsync(LineReader reader)
    {
        var lines = new List<string>();
        while (await reader.ReadAsync(default).ConfigureAwait(false) is { } line)
            lines.Add(Text(line)!);
        return lines;
    }

    private static async Task WriteAsync(MemoryTransport transport, string text, Random random)
    {
        ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(text);
        while (!bytes.IsEmpty)
        {
            int size = Math.Min(bytes.Length, random.Next(1, 2 * MaxLine));
            await transport.WriteAsync(bytes[..size]);
            bytes = bytes[size..];
        }
        await transport.EndAsync();
    }

    private static string? Text(ReadOnlyMemory<byte>? line) => line is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
}
