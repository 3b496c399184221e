using System.Globalization;

namespace PnetPS.Recipes;

/// <summary>Reads <c>Topology</c>: one or a list of them.</summary>
internal sealed class TopologySection(RecipeFindings findings, NodeSection nodes, TemplateTable templates)
{
    private const string DefaultPrefix = "node";

    private static readonly string[] Keys = ["Type", "Count", "Prefix", "Nodes", "Like", "Branching", "Degree", "Seed"];

    private readonly List<(RecipeMap Map, Topology Topology, IReadOnlyList<string> Names)> _topologies = [];

    /// <summary>Reads them, and adds the nodes they make.</summary>
    public void Read(RecipeElement? element)
    {
        var items = element is RecipeList list ? list.Items : element is null ? [] : [element];
        foreach (var item in items)
        {
            if (findings.TryMap(item, "a table such as @{ Type = 'Ring'; Count = 20 }", out var map))
                ReadOne(map);
        }
    }

    /// <summary>Adds the links they make.</summary>
    public void AddLinks(LinkSection links)
    {
        foreach (var (map, topology, names) in _topologies)
        {
            foreach (var (from, to) in topology.Links())
                links.AddMade(names[from], names[to], map);
        }
    }

    private void ReadOne(RecipeMap map)
    {
        findings.RequireKeys(map, Keys);
        templates.RequireKnown(map);
        if (map["Type"] is null)
            findings.Add(RecipePath.Key(map.Path, "Type"), map.Line, $"it is missing: {string.Join(", ", Enum.GetNames<R2TopologyType>())}");
        var type = findings.Name<R2TopologyType>(map, "Type");
        var names = Names(map);
        var (branching, degree, seed) = (findings.Number(map, "Branching", 1, RecipeLimits.MaxNodes), findings.Number(map, "Degree", 1, RecipeLimits.MaxNodes - 1), findings.Number(map, "Seed", int.MinValue, int.MaxValue));
        RequireMeaning(map, type, "Branching", R2TopologyType.Tree);
        RequireMeaning(map, type, "Degree", R2TopologyType.Random);
        RequireMeaning(map, type, "Seed", R2TopologyType.Random);
        foreach (var name in names)
            nodes.AddMade(name, map, map[NodeSection.Like]);
        if (type is not { } shape || names.Count == 0)
            return;

        var topology = new Topology(shape, names.Count)
        {
            Branching = branching ?? 2,
            Degree = degree ?? Math.Min(RegularGraph.DefaultDegree, names.Count - 1),
            Seed = seed ?? 0,
        };
        if (shape == R2TopologyType.Random && names.Count > 1 && RegularGraph.Explain(names.Count, topology.Degree) is { } wrong)
            findings.Add(map["Degree"] ?? map["Count"] ?? map, wrong);
        else if (topology.LinkCount > RecipeLimits.MaxLinks)
            findings.Add(map, $"it has {topology.LinkCount} links, and a recipe has at most {RecipeLimits.MaxLinks}");
        else
            _topologies.Add((map, topology, names));
    }

    private List<string> Names(RecipeMap map)
    {
        var given = findings.Texts(map, "Nodes").Select(item => (string)item.Value).ToList();
        var count = findings.Number(map, "Count", 1, RecipeLimits.MaxNodes);
        var prefix = findings.Text(map, "Prefix", "what the names begin with");
        if (map["Nodes"] is null)
        {
            if (map["Count"] is null)
                findings.Add(map, "it has no nodes: give Count, or names in Nodes");
            return [.. Enumerable.Range(1, count ?? 0).Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix?.Value ?? DefaultPrefix}{i}"))];
        }

        foreach (var key in (string[])["Count", "Prefix"])
        {
            if (map[key] is { } extra)
                findings.Add(extra, "it means nothing where Nodes gives the names");
        }

        if (given.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            findings.Add(map["Nodes"]!, $"{twice.Key} is named twice");
        return [.. given.Distinct()];
    }

    private void RequireMeaning(RecipeMap map, R2TopologyType? type, string key, R2TopologyType of)
    {
        if (type is not null && type != of && map[key] is { } element)
            findings.Add(element, $"it means nothing for {type}, only for {of}");
    }
}
