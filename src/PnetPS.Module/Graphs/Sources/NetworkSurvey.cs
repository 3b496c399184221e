using Pnet;
using Pnet.Addressing;
using Pnet.Control;
using PnetPS.Graphs.Text;

namespace PnetPS.Graphs.Sources;

/// <summary>Asks nodes for their links, and the nodes at the other ends for theirs, as far as is wanted.</summary>
/// <param name="depth">How many links away a node may be to be shown; whoever is nearer is asked.</param>
/// <param name="bound">How long any one node may take to answer.</param>
/// <param name="warn">Is told who didn't.</param>
internal sealed class NetworkSurvey(int depth, TimeSpan bound, Action<string> warn)
{
    private const int AskedAtOnce = 8;

    private readonly GraphAssembler _graph = new();
    private readonly Dictionary<string, R2Node> _asked = new(StringComparer.Ordinal);

    /// <summary>Asks the nodes, and their peers, and theirs.</summary>
    public async Task<Graph> AskAsync(IReadOnlyList<R2Node> nodes, string? title, CancellationToken cancellationToken)
    {
        foreach (var node in nodes)
        {
            _asked.TryAdd(node.Id, node);
            _graph.Add(new GraphNode(node.Id) { Id = node.Id, Name = node.Name, State = node.State == R2NodeState.Stopped ? GraphNodeState.Stopped : GraphNodeState.Asked });
        }

        var next = new List<Far>();
        foreach (var node in _asked.Values.Where(node => node.State != R2NodeState.Stopped))
            next.AddRange(await AskAsync(node, cancellationToken).ConfigureAwait(false));

        var reached = new HashSet<string>(_asked.Keys, StringComparer.Ordinal);
        for (var away = 1; away < depth && next.Count > 0; away++)
        {
            var these = next.Where(far => far.Path.Depth <= AddressPath.MaxHops && reached.Add(far.Id)).ToList();
            next = [];
            foreach (var some in these.Chunk(AskedAtOnce))
            {
                var answers = await Task.WhenAll(some.Select(far => AskAsync(far, cancellationToken))).ConfigureAwait(false);
                foreach (var (far, answer) in some.Zip(answers))
                    next.AddRange(Take(far, answer));
            }
        }

        if (_graph.Full)
            warn($"there are more than {GraphAssembler.MaxNodes} nodes; the others are left out");
        return _graph.Build(title ?? Title(_asked.Values));
    }

    private static string Title(Dictionary<string, R2Node>.ValueCollection nodes) =>
        nodes.Count <= 3 ? $"Links of {string.Join(", ", nodes)}" : $"Links of {GraphText.Count(nodes.Count, "node")}";

    /// <summary>Asks a node that is at hand.</summary>
    /// <returns>The nodes it is linked with.</returns>
    private async Task<IEnumerable<Far>> AskAsync(R2Node node, CancellationToken cancellationToken)
    {
        await node.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var services = await node.Control.GetServicesAsync(cancellationToken).ConfigureAwait(false);
        var peers = await node.Control.GetPeersAsync(cancellationToken).ConfigureAwait(false);
        _graph.Add(new GraphNode(node.Id)
        {
            Id = node.Id,
            Name = node.Name,
            State = GraphNodeState.Asked,
            Endpoints = node.Endpoints,
            Services = [.. services.Select(service => service.Name)],
        });
        foreach (var peer in peers)
            _graph.Add(node.Id, peer with { Transport = node.Explain(peer.Transport), Error = peer.Error is { } why ? node.Explain(why) : null });
        return Neighbours(node, AddressPath.Self, peers);
    }

    /// <summary>Asks a node far away, with the rights of the one that it is reached from.</summary>
    private async Task<Answer> AskAsync(Far far, CancellationToken cancellationToken)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(bound);
        try
        {
            var control = far.From.Control.At(far.Path);
            var info = await control.GetNodeAsync(bounded.Token).ConfigureAwait(false);
            var services = await control.GetServicesAsync(bounded.Token).ConfigureAwait(false);
            return new Answer(info, services, await control.GetPeersAsync(bounded.Token).ConfigureAwait(false), null);
        }
        catch (PnetException exception)
        {
            return new Answer(null, [], [], exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Answer(null, [], [], $"no answer within {bound.TotalSeconds:0.#} s");
        }
    }

    private IEnumerable<Far> Take(Far far, Answer answer)
    {
        if (answer.Info is null)
        {
            warn($"{far.Name ?? far.Id} did not tell its links: {answer.Why}");
            _graph.Add(new GraphNode(far.Id) { Id = far.Id, Name = far.Name, State = GraphNodeState.Silent, Note = answer.Why });
            return [];
        }

        _graph.Add(new GraphNode(far.Id)
        {
            Id = far.Id,
            Name = answer.Info.Name,
            State = GraphNodeState.Asked,
            Endpoints = answer.Info.Endpoints,
            Services = [.. answer.Services.Select(service => service.Name)],
        });

        // Asking a far node takes a link to it, which wasn't there before: the near end has told of those that were.
        foreach (var peer in answer.Peers.Where(peer => peer.Via is null || peer.Id is null || !_asked.ContainsKey(peer.Id.ToString()!)))
            _graph.Add(far.Id, peer);
        return Neighbours(far.From, far.Path, answer.Peers);
    }

    private static IEnumerable<Far> Neighbours(R2Node from, AddressPath path, IEnumerable<PeerInfo> peers) => peers
        .Where(peer => peer is { State: LinkState.Up, Via: null, Id: not null } && path.Depth < AddressPath.MaxHops)
        .Select(peer => new Far(from, path.Append(new AddressPath(peer.Id!.Value)), peer.Id!.Value.ToString(), peer.Name));

    /// <summary>A node to be asked, and the way to it.</summary>
    private sealed record Far(R2Node From, AddressPath Path, string Id, string? Name);

    /// <summary>What it said, or why it said nothing.</summary>
    private sealed record Answer(NodeInfo? Info, IReadOnlyList<ServiceInfo> Services, IReadOnlyList<PeerInfo> Peers, string? Why);
}
