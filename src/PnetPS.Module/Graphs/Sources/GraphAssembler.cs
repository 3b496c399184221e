using Pnet.Control;

namespace PnetPS.Graphs.Sources;

/// <summary>Puts together what nodes told of themselves and their links. A link has two ends, and both may have told of it.</summary>
internal sealed class GraphAssembler
{
    /// <summary>Nodes at most: those who are asked could make up any number.</summary>
    public const int MaxNodes = 2000;

    private readonly Dictionary<string, GraphNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<LinkKey, Dictionary<string, List<GraphLink>>> _told = [];
    private readonly List<string> _order = [];

    /// <summary>Whether there were more nodes than are taken.</summary>
    public bool Full { get; private set; }

    /// <summary>Whether anything is known of a node.</summary>
    public bool Knows(string key) => _nodes.ContainsKey(key);

    /// <summary>Takes what a node said of itself, or of why it says nothing.</summary>
    public void Add(GraphNode node)
    {
        if (_nodes.TryGetValue(node.Key, out var known))
        {
            _nodes[node.Key] = node with { Name = node.Name ?? known.Name, Endpoints = node.Endpoints.Count > 0 ? node.Endpoints : known.Endpoints };
        }
        else if (_order.Count < MaxNodes)
        {
            _nodes.Add(node.Key, node);
            _order.Add(node.Key);
        }
        else
        {
            Full = true;
        }
    }

    /// <summary>Takes a link that a node told of, and learns of the node at its other end.</summary>
    /// <param name="teller">The <see cref="GraphNode.Key"/> of who told.</param>
    /// <param name="peer">The link as it sees it.</param>
    public void Add(string teller, PeerInfo peer)
    {
        if (peer.State == LinkState.Closed)
            return;

        // One that has never been up leads to nobody known.
        var other = peer.Id?.ToString() ?? $"{teller}#{peer.Link}";
        if (!Knows(other))
        {
            Add(new GraphNode(other)
            {
                Name = peer.Name ?? (peer.Id is null ? peer.Transport : null),
                Id = peer.Id?.ToString(),
                Endpoints = peer.Endpoints,
                State = peer.Id is null ? GraphNodeState.Silent : GraphNodeState.Seen,
            });
        }

        var via = peer.Via?.ToString();
        if (via is not null && !Knows(via))
            Add(new GraphNode(via) { Id = via });
        var link = new GraphLink(teller, other)
        {
            Via = via,
            Transport = via is null && peer.Transport.Length > 0 ? peer.Transport : null,
            RoundTrip = peer.RoundTrip,
            State = peer.State == LinkState.Up ? GraphLinkState.Up : GraphLinkState.Down,
            Note = peer.Error,
        };
        Add(teller, link);
    }

    /// <summary>Takes a link as one end, or a recipe, tells of it.</summary>
    public void Add(string teller, GraphLink link)
    {
        var key = LinkKey.Of(link);
        if (!_told.TryGetValue(key, out var tellers))
            _told.Add(key, tellers = []);
        if (!tellers.TryGetValue(teller, out var links))
            tellers.Add(teller, links = []);
        links.Add(link);
    }

    /// <summary>The graph: of what two ends told of the links between them, what the one said who knew more.</summary>
    public Graph Build(string title)
    {
        var links = _told.Values.Select(tellers => tellers.Values
                .OrderByDescending(told => told.Count)
                .ThenByDescending(told => told.Count(link => link.Transport is not null))
                .ThenByDescending(told => told.Count(link => link.RoundTrip is not null))
                .First())
            .SelectMany(told => told)
            .Where(link => Knows(link.From) && Knows(link.To) && (link.Via is null || Knows(link.Via)));
        return new Graph { Title = title, Nodes = [.. _order.Select(key => _nodes[key])], Links = [.. links] };
    }

    private readonly record struct LinkKey(string One, string Other, string? Via)
    {
        public static LinkKey Of(GraphLink link) => string.CompareOrdinal(link.From, link.To) < 0
            ? new LinkKey(link.From, link.To, link.Via)
            : new LinkKey(link.To, link.From, link.Via);
    }
}
