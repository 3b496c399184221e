using System.Text;
using System.Text.Json;
using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Control;
using Pnet.Frames;
using Pnet.Routing;
using Pnet.Services;
using Pnet.Tests.Links;
using Pnet.Tests.Services;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Control;

/// <summary>The control service, asked by hand: by a known node that is far, and by what breaks its form.</summary>
public sealed class ControlProtocolTests : NodesTest
{
    private Node _node = null!;
    private Neighbour _caller = null!;

    public override async Task InitializeAsync()
    {
        _node = await Nodes.StartAsync("bob", o => o with { TunnelProcess = "cat" });
        (_caller, _) = await Nodes.AddStrangerAsync(_node, known: true);
    }

    [Theory]
    [InlineData("node", "\"name\":\"bob\"")]
    [InlineData("peers", "\"transport\":\"\"")]
    [InlineData("services", "\"name\":\"tunnel\"")]
    public async Task A_known_node_may_look(string method, string words)
    {
        var answer = await AskAsync($"{{\"method\":\"{method}\"}}\n");
        Assert.Contains(words, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("error", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("memory", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("\"cat\"", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("connect", "{\"transport\":\"true\"}")]
    [InlineData("attach", "{\"transport\":\"-\"}")]
    [InlineData("disconnect", "\"bob\"")]
    [InlineData("listen", "\"tcp://127.0.0.1:0\"")]
    [InlineData("listeners", "true")]
    [InlineData("unlisten", "\"tcp://127.0.0.1:1\"")]
    [InlineData("serve", "{\"name\":\"x\",\"transport\":\"cat\"}")]
    [InlineData("unserve", "\"tunnel\"")]
    [InlineData("open", "\"service:tunnel\"")]
    [InlineData("tunnel", "{\"address\":\"bob\",\"transport\":\"cat\"}")]
    [InlineData("attach-tunnel", "{\"address\":\"bob\",\"transport\":\"-\"}")]
    [InlineData("tunnels", "true")]
    [InlineData("untunnel", "\"1\"")]
    [InlineData("ping", "{\"address\":\"bob\"}")]
    [InlineData("trace", "\"bob\"")]
    [InlineData("watch", "true")]
    [InlineData("access", "true")]
    [InlineData("grant", "{\"name\":\"x\"}")]
    [InlineData("revoke", "\"bob\"")]
    [InlineData("metrics", "true")]
    [InlineData("stop", "\"\"")]
    [InlineData("no-such-method", "true")]
    public async Task A_known_node_may_do_nothing_else(string method, string parameters)
    {
        var answer = await AskAsync($"{{\"method\":\"{method}\",\"parameters\":{parameters}}}\n");
        Assert.Contains("\"error\":{\"kind\":\"Refused\"", answer, StringComparison.Ordinal);
        Assert.False(_node.Completion.IsCompleted);
        Assert.Equal("tunnel", Assert.Single(await _node.Control.GetServicesAsync()).Name);
    }

    [Fact]
    public async Task A_known_node_asks_for_the_node_itself_and_no_target_beyond_it() =>
        Assert.Contains($"\"id\":\"{_node.Id}\"", await AskAsync("{\"method\":\"node\",\"target\":\"somebody/else\"}\n"), StringComparison.Ordinal);

    [Theory]
    [InlineData("nonsense\n")]
    [InlineData("{\"method\":\n")]
    [InlineData("{\"method\":7}\n")]
    [InlineData("null\n")]
    [InlineData("\n")]
    [InlineData("[]\n")]
    [InlineData("\u0000\u0001\u0002\n")]
    public async Task What_is_no_request_resets_the_channel(string line)
    {
        var failure = await Assert.ThrowsAsync<PnetException>(() => AskAsync(line));
        Waiting.Tells(failure, PnetError.Protocol, "control");
        await StillAnswersAsync();
    }

    [Fact]
    public async Task A_request_without_a_method_is_refused() =>
        Assert.Contains("\"kind\":\"Refused\"", await AskAsync("{}\n"), StringComparison.Ordinal);

    [Theory]
    [InlineData(false, ControlServer.MaxFarLine)]
    [InlineData(true, JsonLines.MaxLine)]
    public async Task A_line_that_is_too_long_resets_the_channel(bool manager, int longest)
    {
        ITransport channel = manager ? await _node.Control.OpenAsync(AddressPath.Self.WithService(ControlServer.ServiceName)).Soon() : await OpenAsync();
        var line = Encoding.ASCII.GetBytes("{\"method\":\"" + new string('x', 64 * 1024));
        var failure = await Assert.ThrowsAsync<PnetException>(async () =>
        {
            for (var i = 0; i < 100; i++)
                await channel.WriteAsync(line).Soon();
        });
        Waiting.Tells(failure, PnetError.Protocol, $"a line of more than {longest} bytes");
        await StillAnswersAsync();
    }

    [Fact]
    public async Task The_end_within_a_line_resets_the_channel()
    {
        var channel = await OpenAsync();
        await channel.WriteAsync("{\"method\":\"no"u8.ToArray()).Soon();
        await channel.EndAsync().Soon();
        await channel.ReadAsync(new byte[1]).AsTask().FailsAsync(PnetError.Protocol, "the end within a line");
        await StillAnswersAsync();
    }

    [Fact]
    public async Task A_channel_that_ends_without_a_request_is_no_failure()
    {
        var channel = await OpenAsync();
        await channel.EndAsync().Soon();
        await channel.ReadAsync(new byte[1]).AsTask().FailsAsync(PnetError.Closed);
        await StillAnswersAsync();
    }

    [Fact]
    public async Task Two_requests_on_a_channel_are_refused_however_they_come()
    {
        var failure = await Assert.ThrowsAsync<PnetException>(() => AskAsync("{\"method\":\"node\"}\n{\"method\":\"node\"}\n"));
        Waiting.Tells(failure, PnetError.Protocol, "more than one request");
        await StillAnswersAsync();
    }

    [Fact]
    public async Task Any_bytes_leave_the_node_answering()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var request = Encoding.UTF8.GetBytes("{\"method\":\"services\",\"target\":\"a/b\",\"parameters\":{\"x\":[1,2,{\"y\":null}]}}\n");
            var bytes = Frames.Broken.Mutate(random, request);
            try
            {
                await AskAsync(bytes);
            }
            catch (PnetException)
            {
                // Refused: as good as answered.
            }
        }
        await StillAnswersAsync();
        await Waiting.UntilAsync(() => _node.Control.GetNodeAsync().Result.Channels == 0, "no channel is left");
    }

    private async Task StillAnswersAsync() =>
        Assert.Contains("\"name\":\"bob\"", await AskAsync("{\"method\":\"node\"}\n"), StringComparison.Ordinal);

    private Task<string> AskAsync(string line) => AskAsync(Encoding.UTF8.GetBytes(line));

    private async Task<string> AskAsync(byte[] bytes)
    {
        var channel = await OpenAsync();
        await channel.WriteAsync(bytes).Soon();
        if (!bytes.Contains((byte)'\n'))
            await channel.EndAsync().Soon();
        var answer = await Bytes.ReadTextAsync(channel);
        foreach (var line in answer.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            JsonDocument.Parse(line).Dispose();
        return answer;
    }

    private Task<Channel> OpenAsync() => _caller.OpenAsync(FrameAddress.OfService(ControlServer.ServiceName), default).Soon();
}
