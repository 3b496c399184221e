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
[JsonSerializable(typeof(bool))]
internal sealed partial class ControlJson : JsonSerializerContext;
