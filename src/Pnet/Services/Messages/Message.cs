using System.Text;

namespace Pnet.Services.Messages;

/// <summary>A message to a node.</summary>
/// <param name="Kind">What the body is.</param>
/// <param name="Body">The body, at most <see cref="MaxSize"/> bytes.</param>
public sealed record Message(MessageKind Kind, ReadOnlyMemory<byte> Body)
{
    /// <summary>Bytes in the longest body: 16 MiB.</summary>
    public const int MaxSize = 16 << 20;

    /// <summary>A message of text.</summary>
    public static Message FromText(string text) => new(MessageKind.Text, Encoding.UTF8.GetBytes(text));

    /// <summary>A message of bytes.</summary>
    public static Message FromBytes(ReadOnlyMemory<byte> bytes) => new(MessageKind.Bytes, bytes);

    /// <summary>A message that is an object, as CLIXML.</summary>
    public static Message FromClixml(string clixml) => new(MessageKind.Clixml, Encoding.UTF8.GetBytes(clixml));

    /// <summary>Refuses a body that is too long before anything of it is sent.</summary>
    /// <exception cref="PnetException"><see cref="PnetError.Usage"/>: it is longer than <see cref="MaxSize"/>.</exception>
    internal void Check()
    {
        if (Body.Length > MaxSize)
        {
            throw new PnetException(
                PnetError.Usage,
                $"a message of {Body.Length} bytes; {MaxSize} (16 MiB) is the most",
                "Send it in parts, or through a service: r2 serve at that node, r2 tunnel here.");
        }
    }
}
