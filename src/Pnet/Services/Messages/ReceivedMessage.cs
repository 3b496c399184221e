using System.Text;
using Pnet.Addressing;

namespace Pnet.Services.Messages;

/// <summary>A message that came.</summary>
/// <param name="From">The node that sent it, proven by its link.</param>
/// <param name="FromName">What that node calls itself, or <see langword="null"/>.</param>
/// <param name="ReceivedAt">When it was complete.</param>
/// <param name="Kind">What the body is.</param>
/// <param name="Body">The body.</param>
public sealed record ReceivedMessage(NodeId From, string? FromName, DateTimeOffset ReceivedAt, MessageKind Kind, ReadOnlyMemory<byte> Body)
{
    /// <summary>The body as text in UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Body.Span);
}
