using System.Management.Automation;
using Pnet;
using Pnet.Services.Messages;

namespace PnetPS;

/// <summary>A message that came to a node.</summary>
public sealed class R2Message
{
    private const int MaxPreview = 60;

    private readonly ReceivedMessage _message;

    internal R2Message(R2Node node, ReceivedMessage message, object? value)
    {
        Node = node;
        _message = message;
        Value = value;
    }

    /// <summary>The node that it came to.</summary>
    public R2Node Node { get; }

    /// <summary>The id of the node that sent it, proven by its link.</summary>
    public string From => _message.From.ToString();

    /// <summary>What that node calls itself.</summary>
    public string? FromName => _message.FromName;

    /// <summary>When it was complete, local time.</summary>
    public DateTime ReceivedAt => _message.ReceivedAt.LocalDateTime;

    /// <summary><c>Text</c>, <c>Bytes</c> or <c>Clixml</c>.</summary>
    public MessageKind Kind => _message.Kind;

    /// <summary>Bytes in its body.</summary>
    public int Size => _message.Body.Length;

    /// <summary>What was sent: a string, an array of bytes, or an object as a property bag. <see langword="null"/> where its CLIXML can't be read.</summary>
    public object? Value { get; }

    /// <summary>The body as text; of CLIXML, the XML.</summary>
    public string Text => _message.Text;

    /// <summary>The beginning of what was sent, as one line that a terminal can show.</summary>
    public string Preview
    {
        get
        {
            var text = Kind switch
            {
                MessageKind.Bytes => Convert.ToHexString(_message.Body.Span[..Math.Min(Size, MaxPreview / 2)]),
                MessageKind.Clixml => LanguagePrimitives.ConvertTo<string>(Value),
                _ => Text,
            };
            var line = PlainText.Clean(text[..Math.Min(text.Length, MaxPreview + 1)]);
            return line.Length <= MaxPreview && (Kind != MessageKind.Bytes || Size <= MaxPreview / 2) ? line : $"{line[..Math.Min(line.Length, MaxPreview)]}…";
        }
    }

    /// <summary>The beginning of what was sent.</summary>
    public override string ToString() => Preview;
}
