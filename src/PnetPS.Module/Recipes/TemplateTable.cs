namespace PnetPS.Recipes;

/// <summary>What <c>Like</c> refers to: tables of keys that a node has unless it says otherwise.</summary>
internal sealed class TemplateTable
{
    private readonly RecipeFindings _findings;
    private readonly Dictionary<string, RecipeMap> _templates = new(StringComparer.OrdinalIgnoreCase);

    private TemplateTable(RecipeFindings findings) => _findings = findings;

    /// <summary>Reads them.</summary>
    public static TemplateTable Read(RecipeElement? element, RecipeFindings findings)
    {
        var table = new TemplateTable(findings);
        if (!findings.TryMap(element, "a table of templates", out var map))
            return table;
        foreach (var (name, value) in map.Entries)
        {
            if (findings.TryMap(value, "a table such as @{ TunnelProcess = 'cat' }", out var template))
                table._templates[name] = template;
        }

        foreach (var (name, template) in table._templates)
            table.Check(name, template);
        return table;
    }

    /// <summary>A node's table with what its template, and that one's, say where it doesn't.</summary>
    public RecipeMap Merge(RecipeMap map)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var merged = map;
        var next = map;
        while (Like(next) is { } name && seen.Add(name) && _templates.TryGetValue(name, out var template))
        {
            merged = Merge(merged, template);
            next = template;
        }

        return merged;
    }

    /// <summary>Tells of a <c>Like</c> that names no template.</summary>
    public void RequireKnown(RecipeMap map)
    {
        if (_findings.Text(map, NodeSection.Like, "the name of a template") is { } like && !_templates.ContainsKey((string)like.Value))
            _findings.Add(like, $"there is no template {like.Value}: {Nearest.Advice((string)like.Value, _templates.Keys)}");
    }

    private static string? Like(RecipeMap map) => (map[NodeSection.Like] as RecipeScalar)?.Value as string;

    private static RecipeMap Merge(RecipeMap own, RecipeMap template)
    {
        var entries = own.Entries.ToList();
        foreach (var (key, value) in template.Entries)
        {
            var at = entries.FindIndex(entry => entry.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
            if (at < 0)
                entries.Add(new(key, value));
            else if (entries[at].Value is RecipeMap ownMap && value is RecipeMap templateMap)
                entries[at] = new(key, Merge(ownMap, templateMap));
        }

        return own with { Entries = entries };
    }

    private void Check(string name, RecipeMap template)
    {
        _findings.RequireKeys(template, NodeSection.Keys);
        RequireKnown(template);

        var path = new List<string> { name };
        var next = template;
        while (Like(next) is { } like && _templates.TryGetValue(like, out var above))
        {
            path.Add(like);
            // A circle is told of by one of its templates, and by none that only leads into it.
            if (like.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                if (path.Order(StringComparer.OrdinalIgnoreCase).First().Equals(name, StringComparison.OrdinalIgnoreCase))
                    _findings.Add(template[NodeSection.Like]!, $"templates are like each other in a circle: {string.Join(" -> ", path)}");
                return;
            }

            if (path.Count > _templates.Count)
                return;
            next = above;
        }
    }
}
