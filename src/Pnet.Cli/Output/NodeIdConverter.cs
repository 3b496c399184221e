using System.Text.Json;
using System.Text.Json.Serialization;
using Pnet.Addressing;

namespace Pnet.Cli.Output;

/// <summary>Writes a node's id as Base58.</summary>
internal sealed class NodeIdConverter : JsonConverter<NodeId>
{
    /// <inheritdoc/>
    public override NodeId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        NodeId.Parse(reader.GetString() ?? "");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, NodeId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
