using Pnet.Addressing;
using Pnet.Control;

namespace PnetPS.Recipes;

/// <summary>Reads <c>Services</c>, of the recipe and of its nodes, and <c>TunnelProcess</c>.</summary>
internal sealed class ServiceSection(RecipeFindings findings, VariableTable variables, NodeSection nodes)
{
    private static readonly string[] Keys = ["Node", "Name", "Transport", "Allow"];
    private static readonly string[] KeysOfNode = ["Transport", "Allow"];

    private readonly HashSet<(string Node, string Name)> _names = [];

    /// <summary>Reads the recipe's own.</summary>
    public IEnumerable<R2RecipeService> Read(RecipeElement? element)
    {
        var items = element is RecipeList list ? list.Items : element is null ? [] : [element];
        foreach (var item in items)
        {
            if (!findings.TryMap(item, "a table such as @{ Node = 'bob'; Name = 'web'; Transport = 'tcp://127.0.0.1:80' }", out var map))
                continue;
            findings.RequireKeys(map, Keys);
            var node = Required(map, "Node", "the name of a node");
            if (node is not null && !nodes.Names.Contains((string)node.Value))
                findings.Add(node, $"there is no node {node.Value}: {Nearest.Advice((string)node.Value, nodes.Names)}");
            var name = Required(map, "Name", "the name of a service");
            if (Build((string?)node?.Value, (string?)name?.Value, name ?? item, map["Transport"] ?? Missing(map, "Transport"), map) is { } service)
                yield return service;
        }
    }

    /// <summary>Reads those of a node.</summary>
    public IEnumerable<R2RecipeService> OfNode(string node, RecipeMap map)
    {
        if (map["TunnelProcess"] is { } process && Build(node, ServiceRequest.DefaultName, process, process, null) is { } tunnel)
            yield return tunnel;
        if (!findings.TryMap(map["Services"], "a table such as @{ ssh = 'tcp://127.0.0.1:22' }", out var services))
            yield break;

        foreach (var (name, value) in services.Entries)
        {
            var table = value as RecipeMap;
            if (table is not null)
                findings.RequireKeys(table, KeysOfNode);
            if (Build(node, name, value, table is null ? value : table["Transport"] ?? Missing(table, "Transport"), table) is { } service)
                yield return service;
        }
    }

    private R2RecipeService? Build(string? node, string? name, RecipeElement at, RecipeElement? transport, RecipeMap? map)
    {
        if (name is not null)
            findings.Parse(at, () => ServiceName.Validate(name));
        if (node is not null && name is not null && !_names.Add((node, name)))
            findings.Add(at, $"{node} has a service {name} already");
        var allow = map is null ? [] : NodeSection.Allow(map, "Allow", nodes, findings, variables);
        return Transport(transport) is { } opened && node is not null && name is not null
            ? new R2RecipeService { Node = node, Name = name, Transport = opened, Allow = allow }
            : null;
    }

    private object? Transport(RecipeElement? element)
    {
        if (element is RecipeBlock block)
            return block.Block;
        if (element is not RecipeScalar { Value: string { Length: > 0 } text })
        {
            findings.Wrong(element, "a command line, a URI or a script block");
            return null;
        }

        var expanded = variables.Expand(text, element);
        return findings.Parse(element, () => RecipeTransports.Check(expanded)) ? expanded : null;
    }

    private RecipeScalar? Required(RecipeMap map, string key, string form) =>
        map[key] is null ? (RecipeScalar?)Missing(map, key) : findings.Text(map, key, form);

    private RecipeElement? Missing(RecipeMap map, string key)
    {
        findings.Add(RecipePath.Key(map.Path, key), map.Line, "it is missing");
        return null;
    }
}
