using System.Text.Json;
using System.Text.Json.Serialization;
using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>The JSON of the control protocol, generated at build time so that it works without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    UseStringEnumConverter = true,
    Converters = [typeof(NodeIdConverter), typeof(AddressPathConverter), typeof(TicketConverter)])]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlReply))]
[JsonSerializable(typeof(AttachedEnd))]
[JsonSerializable(typeof(NodeInfo))]
[JsonSerializable(typeof(PeerInfo))]
[JsonSerializable(typeof(IReadOnlyList<PeerInfo>))]
[JsonSerializable(typeof(ConnectRequest))]
[JsonSerializable(typeof(ListenerInfo))]
[JsonSerializable(typeof(IReadOnlyList<ListenerInfo>))]
[JsonSerializable(typeof(ServiceRequest))]
[JsonSerializable(typeof(ServiceInfo))]
[JsonSerializable(typeof(IReadOnlyList<ServiceInfo>))]
[JsonSerializable(typeof(TunnelRequest))]
[JsonSerializable(typeof(TunnelInfo))]
[JsonSerializable(typeof(IReadOnlyList<TunnelInfo>))]
[JsonSerializable(typeof(PingRequest))]
[JsonSerializable(typeof(PingReply))]
[JsonSerializable(typeof(TraceHop))]
[JsonSerializable(typeof(NodeEvent))]
[JsonSerializable(typeof(EventQuery))]
[JsonSerializable(typeof(AccessEntry))]
[JsonSerializable(typeof(IReadOnlyList<AccessEntry>))]
[JsonSerializable(typeof(Ticket))]
[JsonSerializable(typeof(TicketRequest))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, long>))]
[JsonSerializable(typeof(AddressPath))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(bool))]
internal sealed partial class ControlJson : JsonSerializerContext;

/// <summary>A node id as its Base58 text.</summary>
internal sealed class NodeIdConverter : JsonConverter<NodeId>
{
    public override NodeId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        NodeId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("no node id");

    public override void Write(Utf8JsonWriter writer, NodeId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>An address path as its text.</summary>
internal sealed class AddressPathConverter : JsonConverter<AddressPath>
{
    public override AddressPath Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        AddressPath.TryParse(reader.GetString(), out var path) ? path : throw new JsonException("no address");

    public override void Write(Utf8JsonWriter writer, AddressPath value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

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
