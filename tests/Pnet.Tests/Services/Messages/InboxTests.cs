using Pnet.Frames;
using Pnet.Services.Messages;
using Pnet.Tests.Links;

namespace Pnet.Tests.Services.Messages;

/// <summary>What an inbox does when it is full.</summary>
public sealed class InboxTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Fact]
    public void Without_a_reader_a_message_that_finds_no_room_is_refused_at_once()
    {
        var inbox = Full(Long);
        Assert.False(inbox.TryReserve(MessageKind.Text, 1, out var refusal));
        Assert.Equal((ReasonCode.LimitReached, 1L), (refusal!.Value.Code, inbox.Refused));
    }

    [Fact]
    public async Task While_it_is_read_a_message_waits_for_room()
    {
        var inbox = Full(Long);
        inbox.AddReader();
        Assert.False(inbox.TryReserve(MessageKind.Text, 1, out var refusal));
        Assert.Null(refusal);
        var room = inbox.WaitForRoomAsync(CancellationToken.None);
        Assert.False(room.IsCompleted);
        inbox.Release(1, Message.MaxSize);
        await room.Soon();
        Assert.True(inbox.TryReserve(MessageKind.Text, 1, out _));
        Assert.Equal(0, inbox.Refused);
    }

    [Fact]
    public async Task A_reader_that_stands_still_is_not_waited_for_longer_than_that_by_all_together()
    {
        var inbox = Full(TimeSpan.FromSeconds(2));
        inbox.AddReader();
        Assert.False(inbox.TryReserve(MessageKind.Text, 1, out var refusal));
        Assert.Null(refusal);
        do
            await inbox.WaitForRoomAsync(CancellationToken.None).Soon();
        while (!inbox.TryReserve(MessageKind.Text, 1, out refusal) && refusal is null);
        Assert.Equal(ReasonCode.LimitReached, refusal!.Value.Code);
        // The next one needn't find out for itself,
        Assert.False(inbox.TryReserve(MessageKind.Text, 1, out refusal));
        Assert.NotNull(refusal);
        // until the reader goes on.
        inbox.Release(1, 0);
        Assert.False(inbox.TryReserve(MessageKind.Text, 1, out refusal));
        Assert.Null(refusal);
    }

    [Fact]
    public async Task Who_waits_for_room_is_refused_when_the_last_reader_goes()
    {
        var inbox = Full(Long);
        inbox.AddReader();
        Assert.False(inbox.TryReserve(MessageKind.Text, 1, out _));
        var room = inbox.WaitForRoomAsync(CancellationToken.None);
        inbox.RemoveReader();
        await room.Soon();
        Assert.False(inbox.TryReserve(MessageKind.Text, 1, out var refusal));
        Assert.NotNull(refusal);
    }

    [Fact]
    public void What_is_never_taken_does_not_wait()
    {
        var inbox = Full(Long);
        inbox.AddReader();
        Assert.False(inbox.TryReserve(MessageKind.Clixml, 1, out var refusal));
        Assert.Equal(ReasonCode.Refused, refusal!.Value.Code);
    }

    private static Inbox Full(TimeSpan patience)
    {
        var inbox = new Inbox(acceptsObjects: false, patience);
        for (var bytes = 0; bytes < Inbox.MaxBytes; bytes += Message.MaxSize)
            Assert.True(inbox.TryReserve(MessageKind.Bytes, Message.MaxSize, out _));
        return inbox;
    }
}
