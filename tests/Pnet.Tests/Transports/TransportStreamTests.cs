using Pnet.Transports;

namespace Pnet.Tests.Transports;

public sealed class TransportStreamTests
{
    [Fact]
    public async Task Synchronous_code_reads_and_writes()
    {
        (MemoryTransport a, MemoryTransport b) = MemoryTransport.CreatePair(1000);
        Task<string> conversation = Task.Run(() =>
        {
            using var stream = new TransportStream(a);
            using var writer = new StreamWriter(stream, leaveOpen: true) { AutoFlush = true };
            using var reader = new StreamReader(stream, leaveOpen: true);
            writer.WriteLine("who is there?");
            string answer = reader.ReadLine()!;
            writer.Write(new string('x', 5000));
            writer.Dispose();
            stream.End(3);
            Assert.Null(reader.ReadLine());
            return answer;
        });

        Assert.Equal("who is there?\n"u8.ToArray(), await Bytes.ReadExactlyAsync(b, 14));
        await b.WriteAsync("me\n"u8.ToArray());
        await Bytes.ReadExactlyAsync(b, 5000);
        Assert.Equal("", await Bytes.ReadTextAsync(b));
        Assert.Equal(3, b.EndStatus);
        await b.EndAsync();
        Assert.Equal("me", await conversation.WaitAsync(Bytes.Soon));
    }

    [Fact]
    public async Task A_stream_in_a_transport_in_a_stream_carries_bytes()
    {
        (MemoryTransport a, MemoryTransport b) = MemoryTransport.CreatePair();
        await using var near = new StreamTransport(new TransportStream(a), "nested");
        await using var far = new TransportStream(b);
        byte[] bytes = Bytes.Random(500_000);
        Task write = near.WriteAsync(bytes).AsTask();
        byte[] got = new byte[bytes.Length];
        await far.ReadExactlyAsync(got);
        await write;

        Assert.Equal(bytes, got);
        Assert.Equal("nested", near.Description);
    }

    [Fact]
    public async Task Two_streams_make_a_transport_whose_end_closes_the_output()
    {
        using var input = new MemoryStream("in"u8.ToArray());
        using var output = new MemoryStream();
        await using var transport = new StreamTransport(input, output);
        await transport.WriteAsync("out"u8.ToArray());
        await transport.EndAsync();

        Assert.Equal("in", await Bytes.ReadTextAsync(transport));
        Assert.False(output.CanWrite);
        Assert.Equal("out"u8.ToArray(), output.ToArray());
    }
}
