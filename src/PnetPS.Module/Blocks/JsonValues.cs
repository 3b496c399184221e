using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pnet.Services.Commands;

namespace PnetPS.Blocks;

/// <summary>Objects of PowerShell as JSON, and back.</summary>
/// <remarks>
/// Plain data (text, numbers, hashtables, arrays, custom objects) keeps its whole depth. Of any other object its properties are told, and
/// objects within those as text, as CLIXML does at its depth: behind a process there are thousands.
/// </remarks>
internal static class JsonValues
{
    // A line of a command may have 64.
    private const int MaxDepth = 60;

    /// <summary>Makes JSON of an object; on the thread of its runspace, as properties may be script.</summary>
    /// <exception cref="CommandException">It contains itself, or is too deep.</exception>
    public static JsonNode? ToJson(object? value) => ToJson(value, "", 0, plain: true, []);

    /// <summary>Makes an object of JSON: custom objects, arrays, text, numbers.</summary>
    public static object? FromJson(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => FromObject(value),
        JsonValueKind.Array => value.EnumerateArray().Select(FromJson).ToArray(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => FromNumber(value),
        _ => null,
    };

    private static PSObject FromObject(JsonElement value)
    {
        var result = new PSObject();
        foreach (var property in value.EnumerateObject())
        {
            // Names that differ in case alone are one to PowerShell: the last is it.
            var name = NameOf(property.Name);
            result.Properties.Remove(name);
            result.Properties.Add(new PSNoteProperty(name, FromJson(property.Value)));
        }

        return result;
    }

    // PowerShell has no property without a name, and keeps some names for itself; whoever sends them must not fail the others.
    private static string NameOf(string name) =>
        name.Length == 0 || name.ToLowerInvariant() is "psobject" or "psbase" or "psadapted" or "psextended" or "pstypenames" ? $"_{name}" : name;

    private static object FromNumber(JsonElement value) =>
        value.TryGetInt32(out var small) ? small
        : value.TryGetInt64(out var large) ? large
        : value.TryGetDecimal(out var exact) && value.GetRawText().AsSpan().IndexOfAny('e', 'E') < 0 && value.GetRawText().Length > 17 ? exact
        : value.GetDouble();

    private static JsonNode? ToJson(object? value, string path, int depth, bool plain, Stack<object> above)
    {
        var wrapped = value as PSObject;
        var item = wrapped?.BaseObject ?? value;
        if (Scalar(item) is { } scalar)
            return scalar;
        if (item is null or DBNull || (wrapped is not null && wrapped == System.Management.Automation.Internal.AutomationNull.Value))
            return null;
        // All custom objects have one base object: who they are is their wrapper.
        var self = item is PSCustomObject ? wrapped! : item;
        if (above.Any(one => ReferenceEquals(one, self)))
            throw Invalid($"the result contains itself, at {Place(path)}", "ResultCycle");
        if (depth >= MaxDepth)
            throw Invalid($"the result is deeper than {MaxDepth} levels, at {Place(path)}", "ResultTooDeep");
        above.Push(self);
        JsonNode? json = item switch
        {
            IDictionary dictionary => FromDictionary(dictionary, path, depth, plain, above),
            IEnumerable list => FromList(list, path, depth, plain, above),
            PSCustomObject => FromProperties(wrapped!, path, depth, plain, above),
            _ when plain => FromProperties(wrapped ?? PSObject.AsPSObject(item), path, depth, plain: false, above),
            _ => JsonValue.Create(LanguagePrimitives.ConvertTo<string>(value)),
        };
        above.Pop();
        return json;
    }

    private static JsonValue? Scalar(object? item) => item switch
    {
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        SwitchParameter flag => JsonValue.Create(flag.IsPresent),
        Enum name => JsonValue.Create(name.ToString()),
        byte or sbyte or short or ushort or int or uint or long => JsonValue.Create(Convert.ToInt64(item, CultureInfo.InvariantCulture)),
        ulong number => JsonValue.Create(number),
        decimal number => JsonValue.Create(number),
        double number => double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(number.ToString(CultureInfo.InvariantCulture)),
        float number => float.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(number.ToString(CultureInfo.InvariantCulture)),
        DateTime time => JsonValue.Create(time.ToString("o", CultureInfo.InvariantCulture)),
        DateTimeOffset time => JsonValue.Create(time.ToString("o", CultureInfo.InvariantCulture)),
        byte[] bytes => JsonValue.Create(Convert.ToBase64String(bytes)),
        ScriptBlock or Type or Delegate => JsonValue.Create(item.ToString()),
        char or Guid or Uri or Version or TimeSpan or IFormattable => JsonValue.Create(LanguagePrimitives.ConvertTo<string>(item)),
        _ => null,
    };

    private static JsonObject FromDictionary(IDictionary dictionary, string path, int depth, bool plain, Stack<object> above)
    {
        var json = new JsonObject();
        foreach (DictionaryEntry entry in dictionary)
        {
            var name = LanguagePrimitives.ConvertTo<string>(entry.Key);
            json[name] = ToJson(entry.Value, $"{path}.{name}", depth + 1, plain, above);
        }

        return json;
    }

    private static JsonArray FromList(IEnumerable list, string path, int depth, bool plain, Stack<object> above)
    {
        var json = new JsonArray();
        foreach (var item in list)
            json.Add(ToJson(item, $"{path}[{json.Count}]", depth + 1, plain, above));
        return json;
    }

    private static JsonObject FromProperties(PSObject item, string path, int depth, bool plain, Stack<object> above)
    {
        var json = new JsonObject();
        foreach (var property in item.Properties)
        {
            if (property.IsGettable)
                json[property.Name] = ToJson(Read(property), $"{path}.{property.Name}", depth + 1, plain, above);
        }

        return json;
    }

    // What an object won't tell of itself is nothing: others of its properties are what is wanted.
    private static object? Read(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            return null;
        }
    }

    private static string Place(string path) => path.Length == 0 ? "its top" : path.TrimStart('.');

    private static CommandException Invalid(string message, string id) =>
        new(new CommandError(message, CommandError.InvalidResult, id));
}
