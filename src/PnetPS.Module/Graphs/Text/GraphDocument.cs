namespace PnetPS.Graphs.Text;

/// <summary>The graph as other programs read it; what is unknown is <see langword="null"/>.</summary>
internal sealed record GraphDocument(string Title, IReadOnlyList<GraphDocument.Node> Nodes, IReadOnlyList<GraphDocument.Link> Links)
{
    /// <summary>Takes the graph over.</summary>
    public static GraphDocument From(Graph graph) => new(
        graph.Title,
        [.. graph.Nodes.Select(node => new Node(node.Key, node.Name, node.Id, node.State, [.. node.Services], [.. node.Endpoints], node.Note))],
        [.. graph.Links.Select(link => new Link(link.From, link.To, link.State, link.Transport, link.RoundTrip?.TotalMilliseconds, link.Via, link.Note))]);

    /// <summary>A node; <see cref="Link.From"/>, <see cref="Link.To"/> and <see cref="Link.Via"/> are keys.</summary>
    public sealed record Node(string Key, string? Name, string? Id, GraphNodeState State, IReadOnlyList<string> Services, IReadOnlyList<string> Endpoints, string? Note);

    /// <summary>A link; the round trip is in milliseconds.</summary>
    public sealed record Link(string From, string To, GraphLinkState State, string? Transport, double? RoundTrip, string? Via, string? Note);
}
