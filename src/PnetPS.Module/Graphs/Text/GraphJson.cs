using System.Text.Json;
using System.Text.Json.Serialization;

namespace PnetPS.Graphs.Text;

/// <summary>Writes a graph as JSON: <see cref="GraphDocument"/>.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GraphDocument))]
internal sealed partial class GraphJson : JsonSerializerContext
{
    /// <summary>Writes the graph.</summary>
    public static string Write(Graph graph) => JsonSerializer.Serialize(Text.GraphDocument.From(graph), Default.GraphDocument) + "\n";
}
