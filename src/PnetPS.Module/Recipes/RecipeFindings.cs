using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace PnetPS.Recipes;

/// <summary>What is wrong with a recipe, collected while it is read: all of it is told at once.</summary>
/// <param name="file">The recipe's file, where it has one.</param>
internal sealed class RecipeFindings(string? file)
{
    private readonly List<R2RecipeError> _errors = [];

    /// <summary>The errors in the order of the file, where there is one.</summary>
    public IReadOnlyList<R2RecipeError> Errors => [.. _errors.OrderBy(error => error.Line ?? 0)];

    public void Add(string path, int? line, string message)
    {
        var error = new R2RecipeError { Path = path, Line = line, Message = message, File = file };
        // What a template says is read for each node that is like it.
        if (!_errors.Contains(error))
            _errors.Add(error);
    }

    public void Add(RecipeElement element, string message) => Add(element.Path, element.Line, message);

    /// <summary>Takes a value for a table.</summary>
    public bool TryMap(RecipeElement? element, string form, [NotNullWhen(true)] out RecipeMap? map)
    {
        map = element as RecipeMap;
        return map is not null || Wrong(element, form);
    }

    /// <summary>Tells of keys that mean nothing here.</summary>
    public void RequireKeys(RecipeMap map, params string[] known)
    {
        foreach (var (key, value) in map.Entries)
        {
            if (!known.Contains(key, StringComparer.OrdinalIgnoreCase))
                Add(value, $"there is no such key: {Nearest.Advice(key, known)}");
        }
    }

    /// <summary>Takes a key's value for text; <see langword="null"/> where it isn't there or is no text.</summary>
    public RecipeScalar? Text(RecipeMap map, string key, string form = "text")
    {
        var element = map[key];
        if (element is RecipeScalar { Value: string { Length: > 0 } } text)
            return text;
        Wrong(element, form);
        return null;
    }

    /// <summary>Takes a key's value for a text or several.</summary>
    public IReadOnlyList<RecipeScalar> Texts(RecipeMap map, string key)
    {
        var element = map[key];
        var items = element is RecipeList list ? list.Items : element is null ? [] : [element];
        foreach (var item in items)
        {
            if (item is not RecipeScalar { Value: string { Length: > 0 } })
                Wrong(item, "text, or a list of texts");
        }

        return [.. items.OfType<RecipeScalar>().Where(item => item.Value is string { Length: > 0 })];
    }

    /// <summary>Takes a key's value for true or false.</summary>
    public bool Flag(RecipeMap map, string key, bool otherwise)
    {
        var element = map[key];
        if (element is RecipeScalar { Value: bool flag })
            return flag;
        Wrong(element, "$true or $false");
        return otherwise;
    }

    /// <summary>Takes a key's value for a whole number.</summary>
    public int? Number(RecipeMap map, string key, int min, int max)
    {
        var element = map[key];
        if (element is RecipeScalar { Value: int number } && number >= min && number <= max)
            return number;
        Wrong(element, string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"));
        return null;
    }

    /// <summary>Takes a key's value for one of the names of an enumeration.</summary>
    public T? Name<T>(RecipeMap map, string key)
        where T : struct, Enum
    {
        if (Text(map, key, string.Join(", ", Enum.GetNames<T>())) is not { } text)
            return null;
        var typed = (string)text.Value;
        if (Enum.GetNames<T>().FirstOrDefault(name => name.Equals(typed, StringComparison.OrdinalIgnoreCase)) is { } found)
            return Enum.Parse<T>(found);
        Add(text, $"there is no {typed}: {Nearest.Advice(typed, Enum.GetNames<T>())}");
        return null;
    }

    /// <summary>Has a value read by something that says of itself what is wrong with it.</summary>
    /// <returns>Whether it could be read; what was told of already is not read.</returns>
    public bool Parse(RecipeElement element, Action parse)
    {
        if (_errors.Any(error => error.Path == element.Path && error.Line == element.Line))
            return false;
        try
        {
            parse();
            return true;
        }
        catch (FormatException exception)
        {
            Add(element, exception.Message);
            return false;
        }
    }

    /// <summary>Tells of a value of the wrong kind; of one that isn't there, or was told of, nothing.</summary>
    /// <returns>false</returns>
    public bool Wrong(RecipeElement? element, string form)
    {
        if (element is RecipeScalar { Value: string { Length: 0 } })
            Add(element, $"it must be {form}, and is empty");
        else if (element is RecipeScalar { Value: not string } scalar)
            Add(element, $"it must be {form}, not {string.Create(CultureInfo.InvariantCulture, $"{scalar.Value}")}");
        else if (element is not null and not RecipeUnreadable)
            Add(element, $"it must be {form}, not {element.Kind}");
        return false;
    }
}
