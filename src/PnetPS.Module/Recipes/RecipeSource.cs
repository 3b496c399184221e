using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace PnetPS.Recipes;

/// <summary>Where a recipe is read from: a file, which is never executed, or a hashtable.</summary>
internal static class RecipeSource
{
    private const string Suffix = ".r2.psd1";

    /// <summary>The name of a recipe that doesn't say and has no file.</summary>
    private const string DefaultName = "lab";

    /// <summary>Reads a file.</summary>
    /// <returns>The recipe, or <see langword="null"/> and what is wrong with it.</returns>
    /// <exception cref="IOException">It can't be read.</exception>
    public static (R2Recipe? Recipe, IReadOnlyList<R2RecipeError> Errors) ReadFile(string path, IReadOnlyDictionary<string, string> variables)
    {
        var findings = new RecipeFindings(path);
        var recipe = new RecipeAst(findings).Read(path) is { } root
            ? RecipeReader.Read(root, path, NameOf(path), variables, findings)
            : null;
        return (recipe, findings.Errors);
    }

    /// <summary>Reads a hashtable.</summary>
    /// <inheritdoc cref="ReadFile"/>
    public static (R2Recipe? Recipe, IReadOnlyList<R2RecipeError> Errors) ReadTable(IDictionary table, IReadOnlyDictionary<string, string> variables)
    {
        var findings = new RecipeFindings(null);
        var recipe = RecipeReader.Read(Take(table, "", findings, 0), null, DefaultName, variables, findings);
        return (recipe, findings.Errors);
    }

    /// <summary>Takes the values of <c>-Variable</c>.</summary>
    public static IReadOnlyDictionary<string, string> Variables(IDictionary? given)
    {
        var variables = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in given ?? new Hashtable())
            variables[entry.Key.ToString()!] = Convert.ToString(Unwrap(entry.Value), CultureInfo.InvariantCulture) ?? "";
        return variables;
    }

    private static string NameOf(string path)
    {
        var file = Path.GetFileName(path);
        var name = file.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) ? file[..^Suffix.Length] : Path.GetFileNameWithoutExtension(file);
        return Placeholders.IsName(name) ? name : DefaultName;
    }

    private static RecipeElement Take(object? value, string path, RecipeFindings findings, int depth)
    {
        const int MaxDepth = 16;
        switch (Unwrap(value))
        {
            case var _ when depth > MaxDepth:
                findings.Add(path, null, $"it is more than {MaxDepth} tables deep");
                return new RecipeUnreadable(path, null);
            case string or bool or int or double:
                return new RecipeScalar(path, null, Unwrap(value)!);
            case ScriptBlock block:
                return new RecipeBlock(path, null, block);
            case IDictionary table:
                // A hashtable knows no order; the alphabet's is the same every time.
                var keys = table.Keys.Cast<object>().Select(key => (Text: key.ToString() ?? "", Key: key));
                var ordered = table is Hashtable ? keys.OrderBy(key => key.Text, StringComparer.OrdinalIgnoreCase) : keys;
                return new RecipeMap(path, null, [.. ordered.Select(key => KeyValuePair.Create(key.Text, Take(table[key.Key], RecipePath.Key(path, key.Text), findings, depth + 1)))]);
            case IEnumerable items:
                return new RecipeList(path, null, [.. items.Cast<object?>().Select((item, i) => Take(item, RecipePath.Item(path, i), findings, depth + 1))]);
            case var other:
                findings.Add(path, null, $"it can't be {other?.GetType().Name ?? "$null"}: a recipe has texts, numbers, $true and $false, script blocks, lists and tables");
                return new RecipeUnreadable(path, null);
        }
    }

    private static object? Unwrap(object? value) => value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
}
