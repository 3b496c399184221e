using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Pnet.Channels;
using Pnet.Frames;
using Pnet.Transports;

namespace Pnet.Services.Commands;

/// <summary>The lines of commands (docs/protocol.md, "Commands").</summary>
internal static class CommandWire
{
    /// <summary>Bytes in the longest line, with the line feed at its end: 4 MiB.</summary>
    public const int MaxLine = 4 << 20;

    /// <summary>Levels of arrays and objects in a line.</summary>
    public const int MaxDepth = 64;

    // Bytes that each comma, colon and bracket of a call stands for once it is read: an element, its place in a list or a dictionary, a name.
    private const int PartWeight = 64;

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = MaxDepth };

    // Readable on the wire; nothing of it becomes part of a web page.
    private static readonly JsonWriterOptions Writing = new() { MaxDepth = MaxDepth, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A reader of lines.</summary>
    public static LineReader CreateReader(ITransport transport, int maxLine = MaxLine, Holding? held = null) => new(transport, "commands", maxLine, held);

    /// <summary>A writer of lines.</summary>
    public static Utf8JsonWriter CreateWriter(IBufferWriter<byte> output) => new(output, Writing);

    /// <summary>Writes a call.</summary>
    public static void WriteRequest(Utf8JsonWriter writer, CommandRequest request)
    {
        writer.WriteStartObject();
        if (request.Arguments.Count > 0)
        {
            writer.WriteStartArray("arguments"u8);
            foreach (var argument in request.Arguments)
                WriteNode(writer, argument);
            writer.WriteEndArray();
        }
        if (request.Parameters.Count > 0)
        {
            writer.WriteStartObject("parameters"u8);
            foreach (var (name, value) in request.Parameters)
            {
                writer.WritePropertyName(name);
                WriteNode(writer, value);
            }
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    /// <summary>Bytes that a call holds once it is read, or a little more: of many small parts a multiple of the line.</summary>
    public static long Weigh(ReadOnlySpan<byte> line) =>
        line.Length + ((long)PartWeight * (line.Count((byte)',') + line.Count((byte)':') + line.Count((byte)'[') + line.Count((byte)'{')));

    /// <summary>Reads a call.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static (IReadOnlyList<JsonElement> Arguments, IReadOnlyDictionary<string, JsonElement> Parameters) ReadRequest(ReadOnlyMemory<byte> line)
    {
        try
        {
            var root = Parse(line);
            JsonElement[] arguments = root.TryGetProperty("arguments"u8, out var list) ? [.. list.EnumerateArray()] : [];
            var parameters = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);
            if (root.TryGetProperty("parameters"u8, out var named))
            {
                foreach (var one in named.EnumerateObject())
                    parameters[one.Name] = one.Value;
            }
            return (arguments, parameters);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CommandException(new CommandError($"that is no call: {e.Message}", "ParserError", "InvalidRequest"));
        }
    }

    /// <summary>Writes a property with a value as an object of its own.</summary>
    public static void WriteOutput(Utf8JsonWriter writer, JsonNode? value)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("output"u8);
        WriteNode(writer, value);
        writer.WriteEndObject();
    }

    /// <summary>Writes an error: one after which the command goes on, or the one that it ends with.</summary>
    public static void WriteError(Utf8JsonWriter writer, CommandError error, bool last)
    {
        writer.WriteStartObject();
        writer.WritePropertyName(last ? "fail"u8 : "error"u8);
        JsonSerializer.Serialize(writer, error.Cut(), CommandJson.Default.CommandError);
        writer.WriteEndObject();
    }

    /// <summary>Reads a line of an answer.</summary>
    /// <returns>What it says, or <see langword="null"/> at the end.</returns>
    /// <exception cref="CommandException">The command failed.</exception>
    /// <exception cref="PnetException">It is no such line.</exception>
    public static CommandReply? ReadReply(ReadOnlyMemory<byte> line)
    {
        try
        {
            var root = Parse(line);
            if (root.TryGetProperty("output"u8, out var output))
                return new CommandReply(output, null);
            if (root.TryGetProperty("error"u8, out var error))
                return new CommandReply(default, ReadError(error));
            if (root.TryGetProperty("fail"u8, out var failure))
                throw new CommandException(ReadError(failure));
            if (root.TryGetProperty("end"u8, out _))
                return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw NoReply(line, Utf8.IsValid(line.Span) ? "that is no answer in JSON" : "that is not UTF-8");
        }
        throw NoReply(line, "without output, error, fail and end");
    }

    // Mostly it is the program behind the command that says it, and who wrote that wants to see the line.
    private static PnetException NoReply(ReadOnlyMemory<byte> line, string why)
    {
        const int Shown = 60;
        string start = PlainText.Clean(Encoding.UTF8.GetString(line.Span[..Math.Min(line.Length, Shown)])) + (line.Length > Shown ? "…" : "");
        return new PnetException(PnetError.Protocol, $"the command wrote a line {why}: {start}", "See \"Commands\" in docs/protocol.md for the lines that commands write.");
    }

    private static CommandError ReadError(JsonElement error) => error.ValueKind == JsonValueKind.String
        ? new CommandError(error.GetString()!)
        : error.Deserialize(CommandJson.Default.CommandError) is { Message: not null } read ? read : throw Violation.Of("commands: an error without a message");

    // The memory is the reader's, which goes on: what is kept has to be a copy.
    private static JsonElement Parse(ReadOnlyMemory<byte> line)
    {
        CheckTexts(line.Span);
        using var document = JsonDocument.Parse(line, Reading);
        return document.RootElement.Clone();
    }

    // A parser looks at a text when it is asked for it, and so would fail whoever asks: bytes that are no UTF-8, half a surrogate pair.
    private static void CheckTexts(ReadOnlySpan<byte> line)
    {
        if (!Utf8.IsValid(line))
            throw new JsonException("it is not UTF-8");
        if (line.IndexOf("\\u"u8) < 0)
            return;
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (reader.ValueIsEscaped)
                _ = reader.GetString();
        }
    }

    private static void WriteNode(Utf8JsonWriter writer, JsonNode? node)
    {
        if (node is null)
            writer.WriteNullValue();
        else
            node.WriteTo(writer);
    }
}
