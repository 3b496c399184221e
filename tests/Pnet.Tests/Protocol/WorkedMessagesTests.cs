using System.Text;
using Pnet.Addressing;
using Pnet.Services.Messages;

namespace Pnet.Tests.Protocol;

public sealed class WorkedMessagesTests
{
    private readonly StringBuilder _text = new();

    [Fact]
    public void The_worked_messages_of_the_protocol_are_what_nodes_send()
    {
        var alice = NodeId.Parse("AeCay3e1f655zo3CiKVQQBuciR9sBbUEwYeCU3wEW8rr");
        var bytes = new byte[MessageWire.MaxVerdictSize];
        MessageWire.WriteHeader(bytes, (byte)MessageKind.Text, 5);
        Add("alice sends a text, \"hello\"", bytes.AsSpan(0, MessageWire.HeaderSize), "hello"u8);
        MessageWire.WriteHeader(bytes, (byte)MessageKind.Clixml, 7);
        Add("alice sends an object, \"<Objs/>\"", bytes.AsSpan(0, MessageWire.HeaderSize), "<Objs/>"u8);
        MessageWire.WriteNumbered(bytes, MessageWire.Accepted, 1);
        Add("bob has accepted up to message 1", bytes.AsSpan(0, MessageWire.VerdictSize), []);
        Assert.False(new Inbox(acceptsObjects: false).TryReserve(MessageKind.Clixml, 7, out var refusal));
        var length = MessageWire.WriteRefusal(bytes, 2, refusal!.Value);
        Add("bob has refused up to message 2, and says what alice can do", bytes.AsSpan(0, length), []);
        MessageWire.WriteNumbered(bytes, MessageWire.Take, 10);
        Add("bob's manager takes at most 10", bytes.AsSpan(0, MessageWire.DemandSize), []);
        var message = new InboxMessage(alice, "alice", MessageKind.Text, [.. "hello"u8], DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000));
        length = MessageWire.WriteEnvelope(bytes, message);
        Add("bob hands on message 1", bytes.AsSpan(0, length), message.Body);
        Add("bob has no more", new byte[MessageWire.HeaderSize], []);
        MessageWire.WriteNumbered(bytes, MessageWire.Acknowledge, 1);
        Add("bob's manager acknowledges up to message 1", bytes.AsSpan(0, MessageWire.DemandSize), []);
        new DocumentBlock("docs/protocol.md", "worked-messages").AssertIs(_text.ToString());
    }

    private void Add(string what, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        _text.Append(what).Append('\n');
        foreach (var part in Convert.ToHexStringLower([.. head, .. body]).Chunk(64))
            _text.Append("    ").Append(part).Append('\n');
    }
}
