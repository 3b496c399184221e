using System.Text;
using System.Text.Json.Nodes;
using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Control;
using Pnet.Frames;
using Pnet.Routing;
using Pnet.Services.Commands;
using Pnet.Services.Messages;
using Pnet.Tests.Links;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Services;

/// <summary>What a node can make carol hold in memory through her services, whatever it sends and leaves unread (docs/security.md, "Limits").</summary>
[Collection(MeasuredAlone.Name)]
public sealed class HeldMemoryTests : NodesTest
{
    private const long Mebibyte = 1 << 20;
    private const int Piece = 64 * 1024;

    private static readonly RouterOptions Limits = new() { Link = null! };

    private readonly TaskCompletionSource _hold = new();
    private Node _carol = null!;
    private Neighbour _toCarol = null!;

    public override async Task InitializeAsync()
    {
        _carol = await Nodes.StartAsync("carol");
        (_toCarol, _) = await Nodes.AddStrangerAsync(_carol, known: true);
        await _carol.Control.RegisterCommandAsync(new CommandInfo { Name = "echo" }, (call, _) => Task.FromResult<JsonNode?>(call.Arguments.Count));
        await _carol.Control.RegisterCommandAsync(new CommandInfo { Name = "big" }, (_, _) => Task.FromResult<JsonNode?>(new string('x', 2 << 20)));
        await _carol.Control.RegisterCommandAsync(new CommandInfo { Name = "hang" }, (_, _, token) => _hold.Task.WaitAsync(token));
    }

    [Fact]
    public async Task Calls_and_messages_that_are_half_sent_on_many_channels_hold_what_the_limits_say()
    {
        const int Calls = 200;
        const int Messages = 100;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var head = new byte[MessageWire.HeaderSize];
        MessageWire.WriteHeader(head, (byte)MessageKind.Bytes, Message.MaxSize);
        var calls = await OpenAsync("cmd.hang", Calls);
        var messages = await OpenAsync(MessageIntake.ServiceName, Messages);
        var cut = await Task.WhenAll([
            .. calls.Select(channel => SendAsync(channel, "[\""u8.ToArray(), CommandWire.MaxLine - Piece)),
            .. messages.Select(channel => SendAsync(channel, head, 1 << 20))]).Soon();

        // Calls beyond the limit are refused with a reason; messages are taken to their ends, in four places.
        var refused = cut.OfType<PnetException>().ToList();
        Assert.InRange(refused.Count, Calls / 2, Calls);
        Assert.All(refused, failure => Waiting.Tells(failure, PnetError.LimitReached, "64 MiB for one node, 256 MiB in all"));
        Assert.InRange(Metric("services.held"), Limits.MaxHeldPerNode / 4, Limits.MaxHeldPerNode);
        Assert.Equal(Inbox.MaxBytes / Message.MaxSize, Metric("messages.waiting"));
        Assert.InRange(Metric("limits.reached"), refused.Count, long.MaxValue);
        var most = Limits.MaxHeldPerNode + Inbox.MaxBytes + Limits.Channels.MaxBufferedPerLink;
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, Inbox.MaxBytes, most);

        // Others are served meanwhile, and all is given back.
        var (other, _) = await Nodes.AddStrangerAsync(_carol, known: true);
        Assert.Equal("{\"output\":3}\n{\"end\":true}\n", await CallAsync(other, "cmd.echo", "{\"arguments\":[1,2,3]}\n"));
        Assert.Equal("{\"output\":3}\n{\"end\":true}\n", await CallAsync(_toCarol, "cmd.echo", "{\"arguments\":[1,2,3]}\n"));
        foreach (var channel in calls.Concat(messages))
            await channel.DisposeAsync();
        await Waiting.UntilAsync(() => Metric("services.held") == 0 && Metric("messages.waiting") == 0, "all is given back");
    }

    [Fact]
    public async Task A_call_of_many_parts_counts_for_what_it_becomes()
    {
        // 8 MiB of memory for each of them, and more.
        var call = Encoding.UTF8.GetBytes($"{{\"arguments\":[{string.Join(',', Enumerable.Repeat("1", 1 << 17))}]}}\n");
        var channels = await OpenAsync("cmd.hang", 12);
        foreach (var channel in channels)
            await channel.WriteAsync(call).Soon();
        var ends = channels.Select(channel => channel.ReadAsync(new byte[1]).AsTask()).ToList();
        await Waiting.UntilAsync(() => ends.Count(end => end.IsFaulted) >= 12 - 8, "some are refused");
        Assert.All(ends.Where(end => end.IsFaulted), end => Waiting.Tells((PnetException)end.Exception!.InnerException!, PnetError.LimitReached));
        Assert.InRange(Metric("services.held"), Limits.MaxHeldPerNode / 2, Limits.MaxHeldPerNode);
        _hold.SetResult();
        // Nothing of it is left, though the channels that were served stay open.
        await Waiting.UntilAsync(() => Metric("services.held") == 0, "the calls are forgotten");
        Assert.Contains(channels, channel => !channel.IsOver);
    }

    [Fact]
    public async Task Results_that_nobody_takes_hold_no_more_and_those_beyond_are_told_as_errors()
    {
        const int Callers = 40;
        var channels = await OpenAsync("cmd.big", Callers);
        foreach (var channel in channels)
            await channel.WriteAsync("{}\n"u8.ToArray()).Soon();
        await Waiting.UntilAsync(() => Metric("limits.reached") > 0, "the limit is reached");
        Assert.InRange(Metric("services.held"), Limits.MaxHeldPerNode / 2, Limits.MaxHeldPerNode);
        var answers = await Task.WhenAll(channels.Select(async channel =>
        {
            await channel.EndAsync();
            return await ReadAsync(channel);
        })).Soon();
        var failed = answers.Count(answer => answer.StartsWith("{\"fail\"", StringComparison.Ordinal) && answer.Contains("\"category\":\"LimitsExceeded\"", StringComparison.Ordinal));
        var whole = answers.Count(answer => answer.Length > 2 << 20 && answer.EndsWith("{\"end\":true}\n", StringComparison.Ordinal));
        Assert.Equal(Callers, failed + whole);
        Assert.InRange(failed, 1, Callers - 1);
        await Waiting.UntilAsync(() => Metric("services.held") == 0, "all is given back");
    }

    [Fact]
    public async Task Senders_that_read_no_answers_make_few_of_them_wait()
    {
        const int Senders = 300;
        // Every other one is refused, so that each has a verdict of its own, eight times as long as itself.
        var many = Enumerable.Repeat((byte[])[1, 0, 0, 0, 0, 3, 0, 0, 0, 0], Wire.InitialCredit / 10).SelectMany(message => message).ToArray();
        var channels = await OpenAsync(MessageIntake.ServiceName, Senders);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await Task.WhenAll(channels.Select(channel => channel.WriteAsync(many).AsTask())).Soon();
        await Waiting.UntilAsync(() => Metric("messages.refused") > Senders * 500, "their windows are full of answers");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 0, 96 * Mebibyte);
    }

    [Fact]
    public async Task A_channel_that_had_a_large_call_and_a_large_result_once_holds_nothing_when_it_is_idle()
    {
        await using var channel = (await OpenAsync("cmd.big", 1))[0];
        await channel.WriteAsync(Encoding.UTF8.GetBytes($"{{\"arguments\":[\"{new string('x', 3 << 20)}\"]}}\n")).Soon();
        await channel.ReadExactlyAsync(new byte["{\"output\":\"\"}\n{\"end\":true}\n".Length + (2 << 20)]).Soon();
        await Waiting.UntilAsync(() => Metric("services.held") == 0, "the room is given back");
        Assert.False(channel.IsOver);
    }

    [Fact]
    public async Task A_node_with_several_links_has_one_share()
    {
        var dave = await Nodes.StartAsync("dave");
        var erin = await Nodes.StartAsync("erin", o => o with { Allow = [dave.Id.ToString()] });
        await TestNodes.LinkAsync(dave, erin);
        await TestNodes.LinkAsync(dave, erin);
        await erin.Control.RegisterCommandAsync(new CommandInfo { Name = "hang" }, (_, _, token) => _hold.Task.WaitAsync(token));
        var links = (await dave.Control.GetPeersAsync()).Where(peer => peer.Id == erin.Id).Select(peer => peer.Link).ToList();
        Assert.Equal(2, links.Count);
        var channels = new List<ITransport>();
        foreach (var link in links)
        {
            for (var i = 0; i < 20; i++)
                channels.Add(await dave.Control.OpenAsync(AddressPath.Parse($"#{link}/service:cmd.hang")).Soon());
        }
        var cut = await Task.WhenAll(channels.Select(channel => SendAsync(channel, "[\""u8.ToArray(), CommandWire.MaxLine - Piece))).Soon();
        Assert.InRange((await erin.Control.GetMetricsAsync())["services.held"], Limits.MaxHeldPerNode / 4, Limits.MaxHeldPerNode);
        Assert.All(cut.OfType<PnetException>(), failure => Waiting.Tells(failure, PnetError.LimitReached));
        Assert.InRange(cut.OfType<PnetException>().Count(), channels.Count / 4, channels.Count);
    }

    // Sends so many bytes of something that never ends; returns why that was cut, if it was.
    private static async Task<PnetException?> SendAsync(ITransport channel, byte[] head, long length)
    {
        var piece = new byte[Piece];
        piece.AsSpan().Fill((byte)'x');
        try
        {
            await channel.WriteAsync(head);
            for (; length > 0; length -= Piece)
                await channel.WriteAsync(piece);
            return null;
        }
        catch (PnetException e)
        {
            return e;
        }
    }

    private static async Task<string> ReadAsync(Channel channel)
    {
        var answer = new MemoryStream();
        var buffer = new byte[Piece];
        while (await channel.ReadAsync(buffer) is > 0 and var count)
            answer.Write(buffer, 0, count);
        return Encoding.UTF8.GetString(answer.ToArray());
    }

    private async Task<string> CallAsync(Neighbour from, string service, string call)
    {
        await using var channel = await from.OpenAsync(FrameAddress.OfService(service), Token).Soon();
        await channel.WriteAsync(Encoding.UTF8.GetBytes(call)).Soon();
        await channel.EndAsync().Soon();
        return await ReadAsync(channel).Soon();
    }

    private async Task<List<Channel>> OpenAsync(string service, int count)
    {
        var channels = new List<Channel>();
        for (var i = 0; i < count; i++)
            channels.Add(await _toCarol.OpenAsync(FrameAddress.OfService(service), Token).Soon());
        return channels;
    }

    private long Metric(string name) => _carol.Control.GetMetricsAsync().GetAwaiter().GetResult()[name];
}
