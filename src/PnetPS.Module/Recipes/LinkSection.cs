using System.Text.RegularExpressions;

namespace PnetPS.Recipes;

/// <summary>Reads <c>Links</c>, and joins those of the topologies to them.</summary>
internal sealed partial class LinkSection(RecipeFindings findings, VariableTable variables, NodeSection nodes)
{
    private static readonly string[] Keys = ["From", "To", "Transport"];

    private readonly List<R2RecipeLink> _links = [];
    private readonly Dictionary<(string, string), string> _places = [];

    /// <summary>The links, in order.</summary>
    public IReadOnlyList<R2RecipeLink> Links => _links;

    /// <summary>Reads the recipe's own.</summary>
    public void Read(RecipeElement? element)
    {
        var items = element is RecipeList list ? list.Items : element is null ? [] : [element];
        foreach (var item in items)
        {
            if (item is RecipeScalar { Value: string { Length: > 0 } text })
                ReadText(item, text);
            else if (findings.TryMap(item, "text such as 'alice - bob', or a table such as @{ From = 'alice'; To = 'bob' }", out var map))
                ReadMap(map);
        }
    }

    /// <summary>Adds one of a topology; where topologies share a link, it is one link.</summary>
    public void AddMade(string from, string to, RecipeElement maker)
    {
        if (_places.TryGetValue(Pair(from, to), out var place) && place.StartsWith("Topology", StringComparison.OrdinalIgnoreCase))
            return;
        Add(maker, from, to, null);
    }

    private void ReadText(RecipeElement item, string text)
    {
        var ends = Dash().Split(variables.Expand(text, item).Trim());
        if (ends.Length < 2 || ends.Any(end => end.Length == 0 || end.Any(char.IsWhiteSpace)))
        {
            findings.Add(item, $"'{text}' is no link: the right form is 'alice - bob', or 'alice - bob - carol' for two links in a row");
            return;
        }

        foreach (var end in ends.Distinct())
            RequireNode(end, item);
        for (var i = 1; i < ends.Length; i++)
            Add(item, ends[i - 1], ends[i], null);
    }

    private void ReadMap(RecipeMap map)
    {
        findings.RequireKeys(map, Keys);
        var (from, to) = (End(map, "From"), End(map, "To"));
        var element = findings.Text(map, "Transport", "a command line or a URI");
        var transport = element is null ? null : variables.Expand((string)element.Value, element);
        if (element is not null)
            findings.Parse(element, () => RecipeTransports.Check(transport!));
        if (from is not null && to is not null)
            Add(map, from, to, transport);
    }

    private string? End(RecipeMap map, string key)
    {
        if (map[key] is null)
            findings.Add(RecipePath.Key(map.Path, key), map.Line, "it is missing");
        if (findings.Text(map, key, "the name of a node") is not { } element)
            return null;
        var name = variables.Expand((string)element.Value, element);
        RequireNode(name, element);
        return name;
    }

    private void RequireNode(string name, RecipeElement at)
    {
        if (!nodes.Names.Contains(name))
            findings.Add(at, $"there is no node {name}: {Nearest.Advice(name, nodes.Names)}");
    }

    private void Add(RecipeElement at, string from, string to, string? transport)
    {
        if (from == to)
        {
            findings.Add(at, $"{from} is linked to itself");
            return;
        }

        if (_places.TryGetValue(Pair(from, to), out var place))
        {
            findings.Add(at, $"{from} and {to} are linked already, by {place}");
            return;
        }

        _places.Add(Pair(from, to), at.Path);
        _links.Add(new R2RecipeLink { From = from, To = to, Transport = transport });
        if (_links.Count == RecipeLimits.MaxLinks + 1)
            findings.Add(at, $"a recipe has at most {RecipeLimits.MaxLinks} links");
    }

    private static (string, string) Pair(string one, string other) => string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);

    [GeneratedRegex(@"\s+-\s+")]
    private static partial Regex Dash();
}
