namespace PnetPS.Graphs.Sources;

/// <summary>Draws a recipe: what a lab of it would be.</summary>
internal static class RecipeGraph
{
    private const int LongestTitle = 72;

    /// <summary>What a recipe's picture is called: its description where that is short, else its name.</summary>
    public static string Title(R2Recipe recipe) => recipe.Description is { Length: <= LongestTitle } text ? text : recipe.Name;

    /// <summary>Draws the recipe.</summary>
    public static Graph Of(R2Recipe recipe, string? title)
    {
        var services = recipe.Services.ToLookup(service => service.Node, service => service.Name, StringComparer.OrdinalIgnoreCase);
        return new Graph
        {
            Title = title ?? Title(recipe),
            Nodes = [.. recipe.Nodes.Select(node => new GraphNode(node.Name)
            {
                Name = node.Name,
                State = GraphNodeState.Asked,
                Endpoints = node.Listen,
                Services = [.. services[node.Name]],
            })],
            Links = [.. recipe.Links.Select(link => new GraphLink(link.From, link.To) { Transport = link.Transport })],
        };
    }
}
