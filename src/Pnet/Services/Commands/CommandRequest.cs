using System.Text.Json.Nodes;

namespace Pnet.Services.Commands;

/// <summary>What a command is called with.</summary>
public sealed record CommandRequest
{
    /// <summary>Without any argument.</summary>
    public static CommandRequest Empty { get; } = new();

    /// <summary>Arguments by position.</summary>
    public IReadOnlyList<JsonNode?> Arguments { get; init; } = [];

    /// <summary>Arguments by name.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Parameters { get; init; } = new Dictionary<string, JsonNode?>();
}
