using System.Text.Json;
using System.Text.Json.Serialization;
using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>A ticket as its text.</summary>
internal sealed class TicketConverter : JsonConverter<Ticket>
{
    public override Ticket Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return Ticket.Parse(reader.GetString() ?? "");
        }
        catch (FormatException e)
        {
            throw new JsonException("no ticket", e);
        }
    }

    public override void Write(Utf8JsonWriter writer, Ticket value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
