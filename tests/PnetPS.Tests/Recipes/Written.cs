using System.Collections;
using PnetPS.Recipes;

namespace PnetPS.Tests.Recipes;

/// <summary>Recipes as they are written, without a file: dictionaries, lists and values.</summary>
internal static class Written
{
    public static Dictionary<string, object> Map(params (string Key, object Value)[] entries) => entries.ToDictionary(entry => entry.Key, entry => entry.Value);

    public static object[] List(params object[] items) => items;

    public static RecipeElement Element(object value, string path = "") => value switch
    {
        IDictionary map => new RecipeMap(path, null, [.. map.Keys.Cast<string>().Select(key => KeyValuePair.Create(key, Element(map[key]!, RecipePath.Key(path, key))))]),
        string or int or bool => new RecipeScalar(path, null, value),
        IEnumerable list => new RecipeList(path, null, [.. list.Cast<object>().Select((item, i) => Element(item, RecipePath.Item(path, i)))]),
        _ => new RecipeBlock(path, null, value),
    };

    public static (R2Recipe? Recipe, string[] Errors) Read(object root, params (string Name, string Value)[] given)
    {
        var findings = new RecipeFindings(null);
        var recipe = RecipeReader.Read(Element(root), null, "lab", given.ToDictionary(pair => pair.Name, pair => pair.Value), findings);
        return (recipe, [.. findings.Errors.Select(error => error.ToString())]);
    }

    public static R2Recipe Sound(object root, params (string Name, string Value)[] given)
    {
        var (recipe, errors) = Read(root, given);
        Assert.Empty(errors);
        return recipe!;
    }
}
