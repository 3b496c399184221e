using Pnet.Addressing;

namespace Pnet.Services.Messages;

/// <summary>A message in the inbox.</summary>
internal sealed class InboxMessage(NodeId from, string? fromName, MessageKind kind, byte[] body, DateTimeOffset receivedAt)
{
    public NodeId From => from;

    public string? FromName => fromName;

    public MessageKind Kind => kind;

    public byte[] Body => body;

    public DateTimeOffset ReceivedAt => receivedAt;

    /// <summary>Its place among all that came.</summary>
    public long Number { get; set; }
}
