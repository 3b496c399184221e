using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Pnet.Services.Commands;

/// <summary>The JSON of commands, generated at build time so that it works without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = CommandWire.MaxDepth,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CommandInfo))]
[JsonSerializable(typeof(CommandError))]
[JsonSerializable(typeof(CommandPeer))]
[JsonSerializable(typeof(JsonNode))]
internal sealed partial class CommandJson : JsonSerializerContext;
