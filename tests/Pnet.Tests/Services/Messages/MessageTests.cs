using Pnet.Addressing;
using Pnet.Control;
using Pnet.Services.Messages;
using Pnet.Tests.Links;

namespace Pnet.Tests.Services.Messages;

/// <summary>Alice writes to carol through bob, who can't read it.</summary>
public sealed class MessageTests : NodeRowTest
{
    [Fact]
    public async Task Bytes_and_text_arrive_with_their_sender_and_in_their_order()
    {
        var client = new MessageClient(Alice.Control);
        await client.SendAsync(ToCarol, Message.FromText("hello, world: ü")).Soon();
        await client.SendAsync(ToCarol, Message.FromBytes(new byte[] { 0, 1, 255 })).Soon();
        await client.SendAsync(ToCarol, Message.FromBytes(default)).Soon();
        var got = await ReadAsync(Carol.Control);
        Assert.Equal([MessageKind.Text, MessageKind.Bytes, MessageKind.Bytes], got.Select(m => m.Kind));
        Assert.Equal("hello, world: ü", got[0].Text);
        Assert.Equal([0, 1, 255], got[1].Body.ToArray());
        Assert.True(got[2].Body.IsEmpty);
        Assert.All(got, m => Assert.Equal((Alice.Id, "alice"), (m.From, m.FromName)));
        Assert.Empty(await ReadAsync(Carol.Control));
    }

    [Fact]
    public async Task A_daemon_s_inbox_is_read_over_its_socket_and_messages_are_sent_over_it()
    {
        await using var manager = await ControlClient.ConnectAsync(CarolSocket).Soon();
        await new MessageClient(Alice.Control).SendAsync(ToCarol, Message.FromText("far")).Soon();
        await new MessageClient(manager).SendAsync(AddressPath.Self, Message.FromText("near")).Soon();
        var got = await ReadAsync(manager);
        Assert.Equal([("far", Alice.Id), ("near", Carol.Id)], got.Select(m => (m.Text, m.From)));
    }

    [Fact]
    public async Task A_message_of_16_MiB_arrives_whole_and_one_byte_more_is_never_sent()
    {
        var client = new MessageClient(Alice.Control);
        var body = new byte[Message.MaxSize + 1];
        new Random(1).NextBytes(body);
        await client.SendAsync(ToCarol, Message.FromBytes(body.AsMemory(1))).Soon();
        var failure = await client.SendAsync(ToCarol, Message.FromBytes(body)).FailsAsync(PnetError.Usage, "16777217 bytes", "16 MiB");
        Assert.NotNull(failure.Action);
        Assert.True(Assert.Single(await ReadAsync(Carol.Control)).Body.Span.SequenceEqual(body.AsSpan(1)));
    }

    [Fact]
    public async Task A_full_inbox_refuses_message_by_message_and_takes_more_when_it_is_read()
    {
        await using var sender = await MessageSender.OpenAsync(Alice.Control, ToCarol).Soon();
        var large = Message.FromBytes(new byte[Message.MaxSize]);
        for (var i = 0; i < 4; i++)
            await sender.PostAsync(large).Soon();
        Assert.Empty(await sender.FlushAsync().Soon());
        await sender.PostAsync(Message.FromText("a")).Soon();
        await sender.PostAsync(Message.FromBytes(default)).Soon();
        await sender.PostAsync(Message.FromText("b")).Soon();
        await sender.PostAsync(Message.FromText("c")).Soon();
        var refusals = await sender.FlushAsync().Soon();
        // An empty one needs no bytes.
        Assert.Equal([(5L, 5L), (7L, 8L)], refusals.Select(r => (r.First, r.Last)));
        Assert.All(refusals, r => Waiting.Tells(r.Reason, PnetError.LimitReached, "the inbox is full"));
        Assert.Equal(5, (await ReadAsync(Carol.Control)).Count);
        Assert.Equal(9, await sender.PostAsync(Message.FromText("d")).Soon());
        Assert.Empty(await sender.FlushAsync().Soon());
        Assert.Equal("d", Assert.Single(await ReadAsync(Carol.Control)).Text);
    }

    [Fact]
    public async Task An_inbox_is_bounded_in_messages_as_well_and_nothing_is_lost_in_between()
    {
        await using var sender = await MessageSender.OpenAsync(Alice.Control, ToCarol).Soon();
        for (var i = 0; i < Inbox.MaxMessages + 1000; i++)
            await sender.PostAsync(Message.FromBytes(BitConverter.GetBytes(i)));
        var refusal = Assert.Single(await sender.FlushAsync().Soon());
        Assert.Equal((Inbox.MaxMessages + 1, Inbox.MaxMessages + 1000), (refusal.First, refusal.Last));
        var got = await ReadAsync(Carol.Control);
        Assert.Equal(Enumerable.Range(0, Inbox.MaxMessages), got.Select(m => BitConverter.ToInt32(m.Body.Span)));
    }

    [Fact]
    public async Task A_sender_is_held_back_by_a_full_inbox_that_is_read_and_loses_nothing()
    {
        const int Count = Inbox.MaxMessages + 20_000;
        await using var reader = await InboxReader.OpenAsync(Carol.Control, wait: true).Soon();
        await using var sender = await MessageSender.OpenAsync(Alice.Control, ToCarol).Soon();
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
                await sender.PostAsync(Message.FromBytes(BitConverter.GetBytes(i)));
            return await sender.FlushAsync();
        });
        await Waiting.UntilAsync(() => Metric("messages.waiting") == Inbox.MaxMessages, "the inbox is full");
        for (var i = 0; i < Count; i++)
            Assert.Equal(i, BitConverter.ToInt32((await reader.NextAsync().Soon())!.Body.Span));
        Assert.Empty(await sending.Soon());
        Assert.Equal(0, Metric("messages.refused"));
    }

    [Fact]
    public async Task Objects_are_refused_unless_the_node_takes_them()
    {
        var client = new MessageClient(Alice.Control);
        await client.SendAsync(ToCarol, Message.FromClixml("<Objs/>")).FailsAsync(PnetError.Refused, "takes no objects");
        var dave = await Nodes.StartAsync("dave", o => o with { Allow = [Alice.Id.ToString()], AcceptObjects = true });
        await TestNodes.LinkAsync(Alice, dave);
        await client.SendAsync(AddressPath.Parse("dave"), Message.FromClixml("<Objs/>")).Soon();
        Assert.Equal(MessageKind.Clixml, Assert.Single(await ReadAsync(dave.Control)).Kind);
    }

    [Fact]
    public async Task A_stranger_may_not_send_and_nobody_far_may_read()
    {
        var mallory = await Nodes.StartAsync("mallory");
        await TestNodes.LinkAsync(mallory, Carol);
        await new MessageClient(mallory.Control).SendAsync(AddressPath.Parse("carol"), Message.FromText("hi")).FailsAsync(PnetError.Refused, "does not know");
        await mallory.Control.OpenAsync(AddressPath.Parse("carol/service:inbox")).FailsAsync(PnetError.Refused, "does not know");
        await Alice.Control.OpenAsync(ToCarol.WithService("inbox")).FailsAsync(PnetError.Refused, "owner alone");
    }

    [Fact]
    public async Task An_unknown_target_is_an_error() =>
        await new MessageClient(Alice.Control).SendAsync(AddressPath.Parse("nobody"), Message.FromText("hi")).FailsAsync(PnetError.NotFound, "nobody");

    [Fact]
    public async Task A_reader_waits_for_what_has_not_come_yet()
    {
        await using var reader = await InboxReader.OpenAsync(Carol.Control, wait: true).Soon();
        for (var i = 0; i < 300; i++)
        {
            var next = reader.NextAsync().AsTask();
            await new MessageClient(Alice.Control).SendAsync(ToCarol, Message.FromText($"{i}")).Soon();
            Assert.Equal($"{i}", (await next.Soon())!.Text);
        }
    }

    [Fact]
    public async Task A_reader_that_gives_up_waiting_loses_nothing_and_can_go_on()
    {
        await using var reader = await InboxReader.OpenAsync(Carol.Control, wait: true, count: 1).Soon();
        using (var stop = new CancellationTokenSource())
        {
            var next = reader.NextAsync(stop.Token).AsTask();
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.Soon());
        }
        await new MessageClient(Alice.Control).SendAsync(ToCarol, Message.FromText("late")).Soon();
        Assert.Equal("late", (await reader.NextAsync().Soon())!.Text);
        Assert.Null(await reader.NextAsync().Soon());
    }

    [Fact]
    public async Task What_a_reader_did_not_acknowledge_is_another_reader_s()
    {
        await using var sender = await MessageSender.OpenAsync(Alice.Control, ToCarol).Soon();
        for (var i = 0; i < 500; i++)
            await sender.PostAsync(Message.FromText($"{i}")).Soon();
        Assert.Empty(await sender.FlushAsync().Soon());
        // One that dies with some in its hands.
        var manager = await ControlClient.ConnectAsync(CarolSocket).Soon();
        var dying = await InboxReader.OpenAsync(manager, wait: true).Soon();
        Assert.Equal("0", (await dying.NextAsync().Soon())!.Text);
        Assert.Equal("1", (await dying.NextAsync().Soon())!.Text);
        await manager.DisposeAsync();
        var seen = new HashSet<string> { "0", "1" };
        var again = new List<string>();
        await using var reader = await InboxReader.OpenAsync(Carol.Control, wait: true).Soon();
        while (seen.Count < 500)
        {
            again.Add((await reader.NextAsync().Soon())!.Text);
            seen.Add(again[^1]);
        }
        // Once each, but for those that were in the hands of the one that died.
        Assert.Equal(again.Distinct().Count(), again.Count);
    }

    [Fact]
    public async Task A_message_that_its_reader_could_not_keep_is_there_for_the_next()
    {
        foreach (var text in new[] { "0", "1", "2" })
            await new MessageClient(Alice.Control).SendAsync(ToCarol, Message.FromText(text)).Soon();
        await using (var reader = await InboxReader.OpenAsync(Carol.Control, wait: false).Soon())
        {
            Assert.Equal("0", (await reader.NextAsync().Soon())!.Text);
            Assert.Equal("1", (await reader.NextAsync().Soon())!.Text);
            reader.Return();
            Assert.Null(await reader.NextAsync().Soon());
        }
        Assert.Equal(["1", "2"], (await ReadAsync(Carol.Control)).Select(message => message.Text));
    }

    [Fact]
    public async Task Two_readers_share_what_comes_and_each_message_is_read_once()
    {
        const int Count = 2_000;
        using var stop = new CancellationTokenSource();
        var got = new System.Collections.Concurrent.ConcurrentBag<string>();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            await using var reader = await InboxReader.OpenAsync(Carol.Control, wait: true);
            while (await reader.NextAsync(stop.Token) is { } message)
                got.Add(message.Text);
        })).ToList();
        await using var sender = await MessageSender.OpenAsync(Alice.Control, ToCarol).Soon();
        for (var i = 0; i < Count; i++)
            await sender.PostAsync(Message.FromText($"{i}")).Soon();
        Assert.Empty(await sender.FlushAsync().Soon());
        await Waiting.UntilAsync(() => got.Count >= Count, "all messages are read");
        await stop.CancelAsync();
        await Task.WhenAll(readers).ContinueWith(_ => { }, TaskScheduler.Default).Soon();
        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"{i}").Order(), got.Order());
    }

    [Fact]
    public async Task A_sender_that_goes_in_the_middle_of_a_message_leaves_no_room_taken()
    {
        for (var i = 0; i < 8; i++)
        {
            var channel = await Alice.Control.OpenAsync(ToCarol.WithService(MessageIntake.ServiceName)).Soon();
            var head = new byte[MessageWire.HeaderSize + 1];
            MessageWire.WriteHeader(head, 1, Message.MaxSize);
            await channel.WriteAsync(head).Soon();
            await channel.DisposeAsync();
        }
        await Waiting.UntilAsync(() => Metric("messages.waiting") == 0, "the room is given back");
        await new MessageClient(Alice.Control).SendAsync(ToCarol, Message.FromBytes(new byte[Message.MaxSize])).Soon();
    }

    [Theory]
    [InlineData("00 00000000")]
    [InlineData("07 00000000")]
    [InlineData("01 01000001")]
    [InlineData("01 FFFFFFFF")]
    public async Task A_sender_that_breaks_the_rules_is_cut_off_and_told_why(string hex)
    {
        var channel = await Alice.Control.OpenAsync(ToCarol.WithService(MessageIntake.ServiceName)).Soon();
        await channel.WriteAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))).Soon();
        await channel.ReadAsync(new byte[1]).AsTask().FailsAsync(PnetError.Protocol, "messages");
        await new MessageClient(Alice.Control).SendAsync(ToCarol, Message.FromText("still there")).Soon();
    }

    [Theory]
    [InlineData("09 0000000000000001")]
    [InlineData("01 0000000000000000")]
    [InlineData("03 0000000000000001")]
    public async Task A_reader_that_breaks_the_rules_is_cut_off_and_told_why(string hex)
    {
        var channel = await Carol.Control.OpenAsync(AddressPath.Parse("service:inbox")).Soon();
        await channel.WriteAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))).Soon();
        await channel.ReadAsync(new byte[1]).AsTask().FailsAsync(PnetError.Protocol);
    }

    [Fact]
    public async Task A_link_that_is_lost_fails_what_was_not_answered()
    {
        await using var sender = await MessageSender.OpenAsync(Alice.Control, ToCarol).Soon();
        await sender.PostAsync(Message.FromText("one")).Soon();
        Assert.Empty(await sender.FlushAsync().Soon());
        await Carol.DisposeAsync();
        await Waiting.FailsAsync(
            async () =>
            {
                await sender.PostAsync(Message.FromText("two"));
                await sender.FlushAsync();
            },
            PnetError.Closed);
    }

    private long Metric(string name) => Carol.Control.GetMetricsAsync().GetAwaiter().GetResult()[name];

    private static async Task<List<ReceivedMessage>> ReadAsync(INodeControl node)
    {
        var got = new List<ReceivedMessage>();
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var message in new MessageClient(node).ReceiveAsync(cancellationToken: bound.Token))
            got.Add(message);
        return got;
    }
}
