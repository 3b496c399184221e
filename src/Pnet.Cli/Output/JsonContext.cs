using System.Text.Json.Serialization;
using Pnet.Control;
using Pnet.Services.Commands;
using Pnet.Services.Content;
using Pnet.Services.Files;

namespace Pnet.Cli.Output;

/// <summary>The types that are written as JSON; their code is generated, nothing is looked up while running.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(NodeIdConverter), typeof(MillisecondsConverter), typeof(LowerCaseEnumConverter<LinkState>), typeof(LowerCaseEnumConverter<FileKind>), typeof(LowerCaseEnumConverter<FileStatus>), typeof(LowerCaseEnumConverter<TunnelState>), typeof(LowerCaseEnumConverter<TunnelKind>)])]
[JsonSerializable(typeof(NodeInfo))]
[JsonSerializable(typeof(PeerInfo))]
[JsonSerializable(typeof(IReadOnlyList<PeerInfo>))]
[JsonSerializable(typeof(ServiceInfo))]
[JsonSerializable(typeof(IReadOnlyList<ServiceInfo>))]
[JsonSerializable(typeof(TunnelInfo))]
[JsonSerializable(typeof(IReadOnlyList<TunnelInfo>))]
[JsonSerializable(typeof(ListenerInfo))]
[JsonSerializable(typeof(IReadOnlyList<ListenerInfo>))]
[JsonSerializable(typeof(AccessEntry))]
[JsonSerializable(typeof(IReadOnlyList<AccessEntry>))]
[JsonSerializable(typeof(PingReply))]
[JsonSerializable(typeof(TraceHop))]
[JsonSerializable(typeof(NodeEvent))]
[JsonSerializable(typeof(PublishedContent))]
[JsonSerializable(typeof(IReadOnlyList<PublishedContent>))]
[JsonSerializable(typeof(ContentFetch))]
[JsonSerializable(typeof(FileListing))]
[JsonSerializable(typeof(FileView))]
[JsonSerializable(typeof(FileSummary))]
[JsonSerializable(typeof(KeyView))]
[JsonSerializable(typeof(TicketView))]
[JsonSerializable(typeof(MessageView))]
[JsonSerializable(typeof(ResultView))]
[JsonSerializable(typeof(IReadOnlyList<CommandInfo>))]
[JsonSerializable(typeof(AnswerView))]
[JsonSerializable(typeof(TargetView))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, long>))]
internal sealed partial class JsonContext : JsonSerializerContext;
