using System.Text.Json;
using System.Text.Json.Serialization;
using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>An address path as its text.</summary>
internal sealed class AddressPathConverter : JsonConverter<AddressPath>
{
    public override AddressPath Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        AddressPath.TryParse(reader.GetString(), out var path) ? path : throw new JsonException("no address");

    public override void Write(Utf8JsonWriter writer, AddressPath value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
