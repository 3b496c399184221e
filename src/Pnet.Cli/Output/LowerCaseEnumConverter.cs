using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pnet.Cli.Output;

/// <summary>Writes a state in lower case: <c>up</c>.</summary>
internal sealed class LowerCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;
