using System.Buffers;
using Pnet.Addressing;
using Pnet.Frames;
using Pnet.Services.Messages;
using Pnet.Tests.Channels;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Services.Messages;

/// <summary>What comes of senders and readers that stop, go, or repeat themselves.</summary>
public sealed class MessageFaultTests : NodesTest
{
    private static readonly byte[] Letter = [(byte)MessageKind.Text, 0, 0, 0, 1, (byte)'a'];

    private readonly NodeId _sender = new(Enumerable.Repeat((byte)7, NodeId.Size).ToArray());
    private Node _carol = null!;

    public override async Task InitializeAsync() => _carol = await Nodes.StartAsync("carol");

    [Fact]
    public async Task A_reader_that_acknowledges_what_it_has_acknowledged_before_changes_nothing()
    {
        foreach (var text in new[] { "0", "1", "2" })
            await new MessageClient(_carol.Control).SendAsync(AddressPath.Self, Message.FromText(text)).Soon();
        await using var channel = await _carol.Control.OpenAsync(AddressPath.Self.WithService(InboxDelivery.ServiceName)).Soon();
        await channel.WriteAsync(Convert.FromHexString("010000000000000003")).Soon();
        await channel.ReadExactlyAsync(new byte[1]).Soon();
        await channel.WriteAsync(Convert.FromHexString("030000000000000003" + "030000000000000001")).Soon();
        await channel.EndAsync().Soon();
        var rest = new byte[4096];
        while (await channel.ReadAsync(rest).Soon() > 0)
        {
            // Until the node has read all and ends its direction.
        }
        Assert.Equal(0, (await _carol.Control.GetMetricsAsync())["messages.waiting"]);
    }

    [Fact]
    public async Task A_sender_and_a_reader_can_be_closed_twice()
    {
        var sender = await MessageSender.OpenAsync(_carol.Control, AddressPath.Self).Soon();
        var reader = await InboxReader.OpenAsync(_carol.Control, wait: true).Soon();
        for (var i = 0; i < 2; i++)
        {
            await sender.DisposeAsync().Soon();
            await reader.DisposeAsync().Soon();
        }
        Assert.Null(await reader.NextAsync().Soon());
    }

    [Fact]
    public async Task Verdicts_that_are_many_times_as_long_as_their_messages_all_arrive_in_their_order()
    {
        const int Count = 10_000;
        await using var channel = await _carol.Control.OpenAsync(AddressPath.Self.WithService(MessageIntake.ServiceName)).Soon();
        byte[] refused = [(byte)MessageKind.Clixml, 0, 0, 0, 0];
        await channel.WriteAsync(Enumerable.Range(0, Count).SelectMany(i => i % 2 == 0 ? Letter : refused).ToArray()).Soon();
        await channel.EndAsync().Soon();
        var answers = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await channel.ReadAsync(buffer).Soon() is > 0 and var count)
            answers.Write(buffer, 0, count);
        var rest = new ReadOnlySequence<byte>(answers.ToArray());
        for (var number = 1; number <= Count; number++)
        {
            Assert.True(MessageWire.TryReadVerdict(ref rest, out var last, out var reason));
            Assert.Equal((number, number % 2 == 0), (last, reason?.Code == ReasonCode.Refused));
        }
        Assert.True(rest.IsEmpty);
    }

    [Fact]
    public async Task A_sender_that_stops_in_the_middle_of_a_message_loses_its_room_and_is_told()
    {
        var inbox = new Inbox(acceptsObjects: false) { Stall = TimeSpan.FromMilliseconds(50) };
        await using var pair = await ChannelPair.ConnectAsync();
        var (near, far) = await pair.OpenAsync();
        var serving = MessageIntake.ServeAsync(inbox, (_sender, null), far, default);
        var head = new byte[MessageWire.HeaderSize + 1];
        MessageWire.WriteHeader(head, (byte)MessageKind.Text, Message.MaxSize);
        await near.WriteAsync(head).Soon();
        await serving.FailsAsync(PnetError.TimedOut, $"a message of {Message.MaxSize} bytes");
        Assert.Equal(0, inbox.Count);
        Assert.True(inbox.TryReserve(MessageKind.Bytes, Inbox.MaxBytes, out _));
    }

    [Fact]
    public async Task A_sender_that_says_nothing_between_messages_is_not_hurried()
    {
        var inbox = new Inbox(acceptsObjects: false) { Stall = TimeSpan.Zero };
        await using var pair = await ChannelPair.ConnectAsync();
        var (near, far) = await pair.OpenAsync();
        var serving = MessageIntake.ServeAsync(inbox, (_sender, null), far, default);
        for (var i = 0; i < 20; i++)
        {
            await near.WriteAsync(Letter).Soon();
            await near.ReadExactlyAsync(new byte[MessageWire.VerdictSize]).Soon();
        }
        await near.EndAsync().Soon();
        await serving.Soon();
        Assert.Equal(20, inbox.Total);
    }

    [Fact]
    public async Task Whoever_gets_no_answer_is_told_which_messages_may_have_arrived()
    {
        await using var pair = await ChannelPair.ConnectAsync();
        var (near, far) = await pair.OpenAsync();
        await using var sender = await MessageSender.OpenAsync(new Opened(near), AddressPath.Self);
        for (var i = 0; i < 3; i++)
            await sender.PostAsync(Message.FromText("hi")).Soon();
        // The first one is answered before the way is lost.
        var verdict = new byte[MessageWire.VerdictSize];
        MessageWire.WriteNumbered(verdict, MessageWire.Accepted, 1);
        await far.WriteAsync(verdict).Soon();
        var flush = sender.FlushAsync();
        await far.ReadExactlyAsync(new byte[3 * (MessageWire.HeaderSize + 2)]).Soon();
        await far.DisposeAsync();
        await flush.FailsAsync(PnetError.Closed, "messages 2 to 3 were not answered, and may have arrived");
        await sender.FlushAsync().FailsAsync(PnetError.Closed, "messages 2 to 3");
    }

    [Fact]
    public async Task What_was_refused_before_the_way_was_lost_is_told_too()
    {
        await using var pair = await ChannelPair.ConnectAsync();
        var (near, far) = await pair.OpenAsync();
        await using var sender = await MessageSender.OpenAsync(new Opened(near), AddressPath.Self);
        for (var i = 0; i < 4; i++)
            await sender.PostAsync(Message.FromText("hi")).Soon();
        var verdicts = new byte[MessageWire.VerdictSize + MessageWire.MaxVerdictSize];
        MessageWire.WriteNumbered(verdicts, MessageWire.Accepted, 1);
        var length = MessageWire.VerdictSize + MessageWire.WriteRefusal(verdicts.AsSpan(MessageWire.VerdictSize), 3, new Reason(ReasonCode.LimitReached, "the inbox is full"));
        await far.WriteAsync(verdicts.AsMemory(0, length)).Soon();
        var flush = sender.FlushAsync();
        await far.ReadExactlyAsync(new byte[4 * (MessageWire.HeaderSize + 2)]).Soon();
        await far.DisposeAsync();
        await flush.FailsAsync(PnetError.Closed, "messages 2 to 3 were refused: the inbox is full", "message 4 was not answered, and may have arrived");
        await sender.PostAsync(Message.FromText("hi")).AsTask().FailsAsync(PnetError.Closed, "messages 2 to 3 were refused", "message 4 was not answered");
    }

    [Fact]
    public async Task A_sender_that_waits_for_room_is_told_when_the_other_end_takes_no_more()
    {
        var (near, far) = MemoryTransport.CreatePair();
        await using var _ = far;
        await using var sender = await MessageSender.OpenAsync(new Opened(near), AddressPath.Self);
        var posting = sender.PostAsync(Message.FromBytes(new byte[1 << 20])).AsTask();
        Assert.False(posting.IsCompleted);
        await far.EndAsync();
        await posting.FailsAsync(PnetError.Closed, "took no more messages");
        await sender.FlushAsync().FailsAsync(PnetError.Closed, "the message was not answered");
    }
}
