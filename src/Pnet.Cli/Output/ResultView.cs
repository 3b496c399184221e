using System.Text.Json;
using System.Text.Json.Serialization;
using Pnet.Services.Commands;

namespace Pnet.Cli.Output;

/// <summary>A result of a command, or an error, as <c>r2 call --json</c> writes it.</summary>
/// <param name="Node">The node, as it was named.</param>
/// <param name="Output">The result.</param>
/// <param name="Error">The error.</param>
internal sealed record ResultView(
    string Node,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Output,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CommandError? Error);
