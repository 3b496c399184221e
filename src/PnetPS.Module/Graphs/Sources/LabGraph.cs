namespace PnetPS.Graphs.Sources;

/// <summary>Draws a lab: what its nodes tell, and the links that should be there and aren't.</summary>
internal static class LabGraph
{
    /// <summary>Asks the lab's nodes for their links.</summary>
    public static async Task<Graph> AskAsync(R2Lab lab, NetworkSurvey survey, string? title, CancellationToken cancellationToken)
    {
        await lab.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var nodes = lab.Nodes;
        var graph = await survey.AskAsync([.. nodes.Values], title ?? RecipeGraph.Title(lab.Recipe), cancellationToken).ConfigureAwait(false);
        var missing = lab.Links.Where(link => link.State != R2LabLinkState.Up && nodes.ContainsKey(link.From) && nodes.ContainsKey(link.To))
            .Select(link => new GraphLink(nodes[link.From].Id, nodes[link.To].Id)
            {
                Transport = link.Transport,
                State = link.State == R2LabLinkState.Suspended ? GraphLinkState.Suspended : GraphLinkState.Down,
            })
            .ToList();

        // The end that is to open a lost link may still tell of it, as one that it tries.
        var told = graph.Links.Where(link => link.State == GraphLinkState.Up || !missing.Exists(other => Same(link, other)));
        return graph with { Links = [.. told, .. missing.Where(link => !graph.Links.Any(other => other.State == GraphLinkState.Up && Same(link, other)))] };
    }

    private static bool Same(GraphLink one, GraphLink other) =>
        one.Via is null && ((one.From == other.From && one.To == other.To) || (one.From == other.To && one.To == other.From));
}
