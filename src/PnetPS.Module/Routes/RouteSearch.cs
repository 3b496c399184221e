using Pnet;
using Pnet.Addressing;
using Pnet.Control;
using PnetPS.Hosting;

namespace PnetPS.Routes;

/// <summary>
/// Finds a way through the network, nearest first, by asking nodes for their peers; and then goes it, so that what is found
/// is what works now. Nodes of this process and of the lab answer for themselves, others are asked with the first node's rights.
/// </summary>
/// <param name="from">The node that the way starts from.</param>
internal sealed class RouteSearch(R2Node from)
{
    /// <summary>Nodes that are asked at most.</summary>
    public const int MaxAsked = 512;

    private const int AskedAtOnce = 8;
    private static readonly TimeSpan AnswerBound = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<string> _silent = [];
    private readonly R2Lab? _lab = LabWay.Of(from);

    // Of two nodes with one id, neither runs any longer or one is another object for the same daemon.
    private readonly Dictionary<string, R2Node> _known = ModuleState.Nodes.All
        .Concat(LabWay.Of(from)?.Nodes.Values.AsEnumerable() ?? [])
        .Append(from)
        .GroupBy(node => node.Id, StringComparer.Ordinal)
        .ToDictionary(nodes => nodes.Key, nodes => nodes.Last(), StringComparer.Ordinal);
    private int _asked;

    /// <summary>Looks for a way, and goes it.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="cancellationToken">Ends the search; how far it got is lost then.</param>
    public async Task<R2Route> FindAsync(RouteTarget target, CancellationToken cancellationToken)
    {
        foreach (var node in _known.Values)
            Learn(node.Id, node.Name);
        if (target.Is(from))
            return new R2Route(from, target.Text, ".", [], null);

        var (path, why) = target.Path is { } given ? (given, null) : await SearchAsync(target, cancellationToken).ConfigureAwait(false);
        if (path is null && _lab?.Nodes.Values.FirstOrDefault(target.Is) is { } wanted)
            path = LabWay.Planned(_lab, from, wanted);
        return path is null ? new R2Route(from, target.Text, null, [], why) : await GoAsync(target, path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Goes a path.</summary>
    private async Task<R2Route> GoAsync(RouteTarget target, AddressPath path, CancellationToken cancellationToken)
    {
        var hops = new List<R2Hop>();
        await foreach (var hop in from.Control.TraceAsync(path, cancellationToken).ConfigureAwait(false))
        {
            Learn(hop.Id?.ToString(), hop.Name);
            hops.Add(new R2Hop(from, hop with { Name = hop.Name ?? _names.GetValueOrDefault(hop.Address.Split('/')[^1]) }));
        }

        return new R2Route(from, target.Text, path.ToString(), hops, hops.Find(hop => !hop.Success)?.Error is { } why ? WithNames(why) : null);
    }

    private async Task<(AddressPath? Path, string? Why)> SearchAsync(RouteTarget target, CancellationToken cancellationToken)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal) { from.Id };
        List<Place> edge = [new(from.Id, AddressPath.Self)];
        for (var depth = 1; depth <= AddressPath.MaxHops && edge.Count > 0; depth++)
        {
            var next = new List<Place>();
            foreach (var some in edge.Chunk(AskedAtOnce))
            {
                var answers = await Task.WhenAll(some.Select(place => PeersAsync(place, cancellationToken))).ConfigureAwait(false);
                foreach (var (place, peers) in some.Zip(answers))
                {
                    foreach (var peer in peers.Where(peer => peer is { State: LinkState.Up, Via: null, Id: not null }))
                    {
                        var id = peer.Id!.Value.ToString();
                        Learn(id, peer.Name);
                        _seen.Add(_names[id]);
                        var path = place.Path.Append(new AddressPath(peer.Id!.Value));
                        if (target.Is(peer))
                            return (path, null);
                        if (reached.Add(id))
                            next.Add(new Place(id, path));
                    }
                }
            }

            edge = next;
        }

        return (null, Explain(target, edge.Count > 0));
    }

    private async Task<IReadOnlyList<PeerInfo>> PeersAsync(Place place, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _asked) > MaxAsked)
            return [];

        using var bound = Watch.Bound(AnswerBound, cancellationToken);
        try
        {
            return await (_known.GetValueOrDefault(place.Id)?.Control ?? from.Control.At(place.Path)).GetPeersAsync(bound.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is PnetException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // It may lead there and doesn't say so: the others are asked on.
            lock (_silent)
                _silent.Add(_names.GetValueOrDefault(place.Id, place.Id));
            return [];
        }
    }

    private string Explain(RouteTarget target, bool deeper)
    {
        // The start is told of by its peers as well.
        var others = _seen.Where(name => name != from.ToString()).Order(StringComparer.Ordinal).ToList();
        var why = others.Count switch
        {
            0 => $"{from} has no link that is up",
            <= 12 => $"no path to {target.Text} among {string.Join(", ", others)}",
            _ => $"no path to {target.Text} among {others.Count} nodes",
        };
        if (_silent.Count > 0)
            why += $"; {string.Join(", ", _silent.Order(StringComparer.Ordinal))} did not tell {(_silent.Count == 1 ? "its" : "their")} links";
        return deeper ? $"{why} within {AddressPath.MaxHops} hops, the most that an address has" : why;
    }

    private void Learn(string? id, string? name)
    {
        if (id is not null)
            _names[id] = name ?? id;
    }

    /// <summary>Ids in a message are those of the path's nodes, which people know by their names.</summary>
    private string WithNames(string text) => _names.Aggregate(text, (said, pair) => said.Replace(pair.Key, pair.Value, StringComparison.Ordinal));

    private readonly record struct Place(string Id, AddressPath Path);
}
