using System.Text.Json.Serialization;

namespace Pnet.Cli.Output;

/// <summary>What the service of a node answered, as <c>r2 invoke --json</c> writes it.</summary>
/// <param name="Node">The node, as it was named.</param>
/// <param name="Output">The answer, where it is UTF-8.</param>
/// <param name="Base64">The answer, where it isn't.</param>
/// <param name="File">The file that has the answer.</param>
/// <param name="Length">The answer's bytes.</param>
/// <param name="Status">The exit status that the service ended with, where it has one.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record AnswerView(
    string Node,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Output = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Base64 = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? File = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Length = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Status = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null);
