using System.Text.Json.Serialization;

namespace Pnet.Services.Content;

/// <summary>What the node's owner asks about what the node publishes: one line.</summary>
/// <param name="Publish">A file to publish, in full.</param>
/// <param name="Unpublish">An address to publish no longer.</param>
internal sealed record ContentRequest(string? Publish = null, string? Unpublish = null);

/// <summary>A line of the answer: what is published, or why not. The channel's end is the end.</summary>
internal sealed record ContentReply(PublishedContent? Content = null, PnetError? Error = null, string? Message = null, string? Action = null);

/// <summary>Their JSON, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ContentRequest))]
[JsonSerializable(typeof(ContentReply))]
internal sealed partial class ContentJson : JsonSerializerContext;
