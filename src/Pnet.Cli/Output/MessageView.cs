using Pnet.Addressing;

namespace Pnet.Cli.Output;

/// <summary>A message as <c>r2 recv --json</c> writes it.</summary>
/// <param name="From">The sender's id.</param>
/// <param name="Name">What the sender calls itself.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Kind"><c>text</c>, <c>bytes</c> or <c>clixml</c>.</param>
/// <param name="Text">Text, and CLIXML.</param>
/// <param name="Base64">Bytes.</param>
internal sealed record MessageView(NodeId From, string? Name, DateTimeOffset ReceivedAt, string Kind, string? Text, string? Base64);
