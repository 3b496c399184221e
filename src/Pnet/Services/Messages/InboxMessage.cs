using Pnet.Addressing;

namespace Pnet.Services.Messages;

/// <summary>A message in the inbox.</summary>
internal sealed class InboxMessage(NodeId from, string? fromName, MessageKind kind, byte[] body)
{
    public NodeId From => from;

    public string? FromName => fromName;

    public MessageKind Kind => kind;

    public byte[] Body => body;

    public DateTimeOffset ReceivedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>Its place among all that came.</summary>
    public long Number { get; set; }
}
