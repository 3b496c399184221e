using System.Text.Json;
using System.Text.Json.Serialization;
using Pnet.Services.Commands;

namespace Pnet.Cli.Output;

/// <summary>A result of a command, or an error, as <c>r2 call --json</c> writes it.</summary>
/// <param name="Node">The node, as it was named.</param>
/// <param name="Output">The result.</param>
/// <param name="Error">What is wrong.</param>
/// <param name="Category">The kind of error, a name of PowerShell's <c>ErrorCategory</c>.</param>
/// <param name="Id">What programs know the error by.</param>
/// <param name="Type">The type of the exception.</param>
/// <param name="Position">Where it happened.</param>
internal sealed record ResultView(
    string Node,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Output = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Category = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Type = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Position = null)
{
    /// <summary>An error of a node.</summary>
    public static ResultView Of(string node, CommandError error) => new(node, null, error.Message, error.Category, error.Id, error.Type, error.Position);
}
