using System.Text;
using System.Text.Json.Nodes;
using Pnet.Services;
using Pnet.Services.Commands;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Protocol;

public sealed class WorkedCommandsTests
{
    private readonly StringBuilder _text = new();

    [Fact]
    public async Task The_worked_calls_of_the_protocol_are_what_nodes_send()
    {
        var (near, far) = MemoryTransport.CreatePair();
        var add = new CommandInfo { Name = "add", Parameters = [new("a", Mandatory: true), new("b", Mandatory: true)] };
        var serving = CommandServer.ServeAsync(far, default, add, (call, output, token) => output.WriteAsync(call.GetInt64("a") + call.GetInt64("b"), token).AsTask(), CancellationToken.None);
        var lines = CommandWire.CreateReader(near);
        await CallAsync(near, lines, new CommandRequest { Arguments = [1], Parameters = new Dictionary<string, JsonNode?> { ["b"] = 2 } });
        await CallAsync(near, lines, new CommandRequest { Arguments = [1, "two"] });
        await near.EndAsync();
        await serving.Soon();
        new DocumentBlock("docs/protocol.md", "worked-commands").AssertIs(_text.ToString());
    }

    private async Task CallAsync(MemoryTransport near, LineReader lines, CommandRequest request)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = CommandWire.CreateWriter(bytes))
            CommandWire.WriteRequest(writer, request);
        Add("caller", bytes.WrittenMemory);
        await near.WriteAsync(bytes.WrittenMemory).Soon();
        await near.WriteAsync("\n"u8.ToArray()).Soon();
        bool over;
        do
        {
            var line = (await lines.ReadAsync(CancellationToken.None).Soon())!.Value;
            Add("command", line);
            over = Encoding.UTF8.GetString(line.Span) is var text && (text.StartsWith("{\"end\"", StringComparison.Ordinal) || text.StartsWith("{\"fail\"", StringComparison.Ordinal));
        }
        while (!over);
    }

    private void Add(string who, ReadOnlyMemory<byte> line) => _text.Append($"{who,-7}  ").Append(Encoding.UTF8.GetString(line.Span)).Append('\n');
}
