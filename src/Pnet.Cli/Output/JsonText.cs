using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pnet.Control;

namespace Pnet.Cli.Output;

/// <summary>
/// The JSON shapes of answers: the records of <see cref="INodeControl"/> with names in camel case, ids in Base58,
/// states in lower case, and durations as milliseconds under a name that says so (<c>roundTripMs</c>).
/// </summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions Options = CreateOptions();

    /// <summary>How a type is written.</summary>
    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    private static JsonSerializerOptions CreateOptions() => new(JsonContext.Default.Options)
    {
        // It goes to programs and terminals, not into web pages: é and + may stand as they are.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = JsonContext.Default.WithAddedModifier(NameDurations),
    };

    private static void NameDurations(JsonTypeInfo type)
    {
        foreach (JsonPropertyInfo property in type.Properties)
        {
            if (property.PropertyType == typeof(TimeSpan) || property.PropertyType == typeof(TimeSpan?))
                property.Name += "Ms";
        }
    }
}
