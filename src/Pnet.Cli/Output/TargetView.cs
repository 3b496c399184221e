using System.Text.Json.Serialization;

namespace Pnet.Cli.Output;

/// <summary>What became of one target of several, as <c>--json</c> writes it.</summary>
/// <param name="Node">The node, as it was named.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record TargetView(string Node, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error);
