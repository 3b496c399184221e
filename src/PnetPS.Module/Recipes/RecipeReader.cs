namespace PnetPS.Recipes;

/// <summary>Turns what was written into a recipe, or into all that is wrong with it.</summary>
internal static class RecipeReader
{
    private static readonly string[] Keys = ["Name", "Description", "Variables", "Trust", "Nodes", "Templates", "Links", "Services", "Topology"];

    /// <summary>Reads a recipe.</summary>
    /// <param name="root">What was written.</param>
    /// <param name="path">Its file, or <see langword="null"/>.</param>
    /// <param name="defaultName">Its name where it doesn't say.</param>
    /// <param name="given">Values for its variables.</param>
    /// <param name="findings">Is told what is wrong.</param>
    /// <returns>The recipe, or <see langword="null"/> where anything is wrong.</returns>
    public static R2Recipe? Read(RecipeElement root, string? path, string defaultName, IReadOnlyDictionary<string, string> given, RecipeFindings findings)
    {
        if (!findings.TryMap(root, "a table: @{ Nodes = … ; Links = … }", out var map))
            return null;

        findings.RequireKeys(map, Keys);
        var variables = VariableTable.Read(map["Variables"], given, findings);
        var templates = TemplateTable.Read(map["Templates"], findings);
        var nodes = new NodeSection(findings, variables, templates);
        var topologies = new TopologySection(findings, nodes, templates);
        var links = new LinkSection(findings, variables, nodes);
        var services = new ServiceSection(findings, variables, nodes);

        nodes.Read(map["Nodes"]);
        topologies.Read(map["Topology"]);
        links.Read(map["Links"]);
        topologies.AddLinks(links);
        var (built, offered) = nodes.Build(services);
        IReadOnlyList<R2RecipeService> all = [.. offered, .. services.Read(map["Services"])];
        if (map["Nodes"] is null && map["Topology"] is null)
            findings.Add("Nodes", null, "a recipe needs nodes: give Nodes, or a Topology that makes them");
        else if (built.Count == 0 && findings.Errors.Count == 0)
            findings.Add(map["Nodes"] ?? map, "a recipe needs a node or more");

        var name = Name(map, defaultName, findings);
        var text = findings.Text(map, "Description");
        var description = text is null ? null : variables.Expand((string)text.Value, text);
        var trust = findings.Name<R2RecipeTrust>(map, "Trust") ?? R2RecipeTrust.All;
        return findings.Errors.Count > 0 ? null : new R2Recipe
        {
            Name = name,
            Description = description,
            Path = path,
            Trust = trust,
            Nodes = built,
            Links = links.Links,
            Services = all,
            Variables = variables.Values,
        };
    }

    private static string Name(RecipeMap map, string defaultName, RecipeFindings findings)
    {
        if (findings.Text(map, "Name", "a name") is not { } name)
            return defaultName;
        if (!Placeholders.IsName((string)name.Value))
            findings.Add(name, "a name is 1 to 63 letters, digits, '.', '_' and '-', and begins with a letter or a digit");
        return (string)name.Value;
    }
}
