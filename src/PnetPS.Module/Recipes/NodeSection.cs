using Pnet.Addressing;

namespace PnetPS.Recipes;

/// <summary>Reads <c>Nodes</c>.</summary>
internal sealed class NodeSection(RecipeFindings findings, VariableTable variables, TemplateTable templates)
{
    /// <summary>The key that refers to a template.</summary>
    public const string Like = "Like";

    /// <summary>The keys of a node and of a template.</summary>
    public static readonly string[] Keys = ["Listen", "Allow", "TunnelProcess", "NoRelay", "KeepAlive", "Services", Like];

    private static readonly TimeSpan LongestKeepAlive = TimeSpan.FromHours(1);

    private readonly Dictionary<string, RecipeMap> _nodes = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    /// <summary>The names of the nodes, in order.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Reads the names first, as keys of nodes refer to other nodes: of <c>Nodes</c> …</summary>
    public void Read(RecipeElement? element)
    {
        switch (element)
        {
            case RecipeMap map:
                foreach (var (name, value) in map.Entries)
                    Add(name, value);
                break;
            case RecipeList list:
                foreach (var item in list.Items)
                    AddName(item);
                break;
            case not null:
                AddName(element);
                break;
        }
    }

    /// <summary>… and those that a topology makes, unless they are there already.</summary>
    /// <param name="name">The name.</param>
    /// <param name="maker">The topology.</param>
    /// <param name="like">The template it names.</param>
    public void AddMade(string name, RecipeElement maker, RecipeElement? like)
    {
        if (!_nodes.ContainsKey(name))
            Add(name, new RecipeMap(maker.Path, maker.Line, like is null ? [] : [new(Like, like)]), made: true);
    }

    /// <summary>Reads what is said of each node.</summary>
    public (IReadOnlyList<R2RecipeNode> Nodes, IReadOnlyList<R2RecipeService> Services) Build(ServiceSection services)
    {
        var nodes = new List<R2RecipeNode>();
        var offered = new List<R2RecipeService>();
        foreach (var name in _names)
        {
            var map = templates.Merge(_nodes[name]);
            nodes.Add(Build(name, map));
            offered.AddRange(services.OfNode(name, map));
        }

        return (nodes, offered);
    }

    private R2RecipeNode Build(string name, RecipeMap map) => new()
    {
        Name = name,
        Listen = Texts(map, "Listen", RecipeTransports.CheckEndpoint),
        Allow = Allow(map, "Allow", this, findings, variables),
        Relay = !findings.Flag(map, "NoRelay", otherwise: false),
        KeepAlive = KeepAlive(map),
    };

    /// <summary>Reads an <c>Allow</c> of a node or a service.</summary>
    public static IReadOnlyList<string> Allow(RecipeMap map, string key, NodeSection nodes, RecipeFindings findings, VariableTable variables)
    {
        var allowed = new List<string>();
        foreach (var item in findings.Texts(map, key))
        {
            var text = variables.Expand((string)item.Value, item);
            if (RecipeTransports.ExplainAllow(text, nodes._names) is { } wrong)
                findings.Add(item, wrong);
            allowed.Add(text);
        }

        return allowed;
    }

    private List<string> Texts(RecipeMap map, string key, Action<string> check)
    {
        var texts = new List<string>();
        foreach (var item in findings.Texts(map, key))
        {
            var text = variables.Expand((string)item.Value, item);
            findings.Parse(item, () => check(text));
            texts.Add(text);
        }

        return texts;
    }

    private TimeSpan? KeepAlive(RecipeMap map)
    {
        var element = map["KeepAlive"];
        if (element is null)
            return null;
        TimeSpan? time = null;
        if (element is RecipeScalar { Value: string or int or double } scalar)
            findings.Parse(element, () => time = scalar.Value is string text ? R2Duration.Parse(text) : new R2Duration(Convert.ToDouble(scalar.Value, null)));
        else
            findings.Wrong(element, "a duration such as '5s'");
        if (time < TimeSpan.FromSeconds(1) || time > LongestKeepAlive)
            findings.Add(element, "it must be from 1 second to 1 hour");
        return time;
    }

    private void AddName(RecipeElement item)
    {
        if (item is RecipeScalar { Value: string { Length: > 0 } name })
            Add(name, new RecipeMap(item.Path, item.Line, []));
        else
            findings.Wrong(item, "the name of a node");
    }

    private void Add(string name, RecipeElement element, bool made = false)
    {
        var map = element as RecipeMap;
        if (element is RecipeScalar { Value: string { Length: 0 } })
            map = new RecipeMap(element.Path, element.Line, []);
        else if (map is null)
            findings.Wrong(element, "a table such as @{ TunnelProcess = 'cat' }, or @{} for a node without settings");
        map ??= new RecipeMap(element.Path, element.Line, []);

        findings.Parse(element, () => NodeName.Validate(name));
        if (_names.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            findings.Add(element, $"there is a node {name} already");
            return;
        }

        if (!made)
        {
            findings.RequireKeys(map, Keys);
            templates.RequireKnown(map);
        }

        _names.Add(name);
        _nodes.Add(name, map);
        if (_names.Count == RecipeLimits.MaxNodes + 1)
            findings.Add(element, $"a recipe has at most {RecipeLimits.MaxNodes} nodes");
    }
}
