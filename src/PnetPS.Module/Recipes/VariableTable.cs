namespace PnetPS.Recipes;

/// <summary>The variables of a recipe: they may refer to each other, in any order, but not in a circle.</summary>
internal sealed class VariableTable
{
    private const int MaxLength = 65536;

    private readonly RecipeFindings _findings;
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    private VariableTable(RecipeFindings findings) => _findings = findings;

    /// <summary>The values.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>Reads them.</summary>
    /// <param name="element">What the recipe has for <c>Variables</c>.</param>
    /// <param name="given">Values that take the place of the recipe's.</param>
    /// <param name="findings">Is told what is wrong.</param>
    public static VariableTable Read(RecipeElement? element, IReadOnlyDictionary<string, string> given, RecipeFindings findings)
    {
        var table = new VariableTable(findings);
        var written = new Dictionary<string, RecipeElement>(StringComparer.OrdinalIgnoreCase);
        if (findings.TryMap(element, "a table of texts", out var map))
        {
            foreach (var (name, value) in map.Entries)
                table.Add(name, value, written);
        }

        foreach (var (name, value) in given)
        {
            if (!written.ContainsKey(name))
                findings.Add(RecipePath.Key("Variables", name), null, $"the recipe has no such variable: {Nearest.Advice(name, written.Keys)}");
            written[name] = new RecipeScalar(RecipePath.Key("Variables", name), null, value);
        }

        foreach (var name in written.Keys)
            table.Resolve(name, written, []);
        return table;
    }

    /// <summary>Puts the variables' values in a text.</summary>
    public string Expand(string text, RecipeElement element)
    {
        foreach (var wrong in Placeholders.Explain(text))
            _findings.Add(element, wrong);
        return Placeholders.Replace(text, (kind, name) =>
        {
            if (kind != "var")
                return null;
            if (!_values.TryGetValue(name, out var value) && Placeholders.IsName(name))
                _findings.Add(element, $"there is no variable {name}: {Nearest.Advice(name, _values.Keys)}");
            return value;
        });
    }

    private void Add(string name, RecipeElement value, Dictionary<string, RecipeElement> written)
    {
        if (!Placeholders.IsName(name))
            _findings.Add(value, "the name of a variable is letters, digits, '.', '_' and '-', and begins with a letter or a digit");
        else if (value is RecipeScalar)
            written[name] = value;
        else
            _findings.Wrong(value, "text or a number");
    }

    private void Resolve(string name, Dictionary<string, RecipeElement> written, List<string> under)
    {
        if (_values.ContainsKey(name))
            return;
        var element = (RecipeScalar)written[name];
        var text = Convert.ToString(element.Value, System.Globalization.CultureInfo.InvariantCulture)!;
        // Told once, where the circle was entered; the values in it are of no more interest.
        if (under.FindIndex(above => above.Equals(name, StringComparison.OrdinalIgnoreCase)) is >= 0 and var start)
        {
            _findings.Add(element, $"variables refer to each other in a circle: {string.Join(" -> ", under.Skip(start).Append(name))}");
            foreach (var circular in under.Skip(start))
                _values[circular] = "";
            return;
        }

        under.Add(name);
        foreach (var other in Placeholders.Names(text, "var").Where(written.ContainsKey))
            Resolve(other, written, under);
        under.RemoveAt(under.Count - 1);
        if (_values.ContainsKey(name))
            return;

        var value = Expand(text, element);
        if (value.Length > MaxLength)
            _findings.Add(element, $"its value has more than {MaxLength} characters");
        _values[name] = value.Length > MaxLength ? "" : value;
    }
}
