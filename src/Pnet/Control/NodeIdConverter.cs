using System.Text.Json;
using System.Text.Json.Serialization;
using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>A node id as its Base58 text.</summary>
internal sealed class NodeIdConverter : JsonConverter<NodeId>
{
    public override NodeId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        NodeId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("no node id");

    public override void Write(Utf8JsonWriter writer, NodeId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
