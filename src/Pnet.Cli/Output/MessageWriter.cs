using System.Globalization;
using Pnet.Services.Messages;

namespace Pnet.Cli.Output;

/// <summary>Writes messages: for people, as JSON, or their bodies as they are.</summary>
internal sealed class MessageWriter(Printer printer, bool raw)
{
    /// <summary>Messages written so far.</summary>
    public long Written { get; private set; }

    /// <summary>Writes one, at once.</summary>
    public void Write(ReceivedMessage message)
    {
        Written++;
        if (raw)
            printer.Raw(message.Body.Span);
        else if (printer.Json)
            printer.Document(View(message), JsonText.Of<MessageView>());
        else
            printer.Line($"{Terminal.Clean(message.FromName ?? message.From.ToString())}: {Describe(message)}");
        printer.Flush();
    }

    private static string Describe(ReceivedMessage message) => message.Kind == MessageKind.Text
        ? PlainText.CleanLines(message.Text)
        : string.Create(CultureInfo.InvariantCulture, $"({(message.Kind == MessageKind.Bytes ? "bytes" : "an object")}, {message.Body.Length} B)");

    private static MessageView View(ReceivedMessage message) => new(
        message.From,
        message.FromName,
        message.ReceivedAt,
        message.Kind.ToString().ToLowerInvariant(),
        message.Kind == MessageKind.Bytes ? null : message.Text,
        message.Kind == MessageKind.Bytes ? Convert.ToBase64String(message.Body.Span) : null);
}
