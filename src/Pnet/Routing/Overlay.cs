using System.Collections.Concurrent;
using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Frames;

namespace Pnet.Routing;

/// <summary>
/// Reaches far nodes: a channel through a router is a transport, and over a transport an ordinary link is made.
/// The link is a neighbour like any other, so that the next node is reached through it in the same way.
/// </summary>
public sealed class Overlay : IAsyncDisposable
{
    private readonly Router _router;
    private readonly TimeSpan _idle;
    private readonly ConcurrentDictionary<(int Router, NodeId Node), Lazy<Task<Neighbour>>> _opening = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sweeper;

    internal Overlay(Router router, RouterOptions options)
    {
        _router = router;
        _idle = options.OnDemandIdle;
        _sweeper = SweepAsync();
    }

    /// <summary>Asks a router which of its neighbours a name or id prefix means. Set by the layer that can ask.</summary>
    public Func<Neighbour, NodeReference, CancellationToken, Task<NodeId>>? Resolver { get; set; }

    /// <summary>Finds or makes the link to the last node of a path.</summary>
    /// <exception cref="PnetException">A hop isn't known, isn't reachable, or another node answers in its place.</exception>
    public async Task<Neighbour> ReachAsync(AddressPath path, CancellationToken cancellationToken)
    {
        if (path.Hops.Count == 0)
            throw new PnetException(PnetError.Usage, "the address names no node", "Give a node: an id, a name, or a path such as bob/carol.");
        var current = FindFirst(path.Hops[0]);
        foreach (var hop in path.Hops.Skip(1))
            current = await ReachThroughAsync(current, hop, cancellationToken).ConfigureAwait(false);
        // Whoever asks for it is about to open a channel: it must not be closed before that as one that nobody uses.
        current.Touch();
        return current;
    }

    /// <summary>Stops closing idle links.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _sweeper.ConfigureAwait(false);
    }

    private Neighbour FindFirst(NodeReference hop)
    {
        var nodes = _router.Neighbours.Nodes;
        if (hop.Link is { } number)
            return nodes.FirstOrDefault(n => n.Number == number)
                ?? throw new PnetException(PnetError.NotFound, $"no link {hop} is up", "List the links: r2 ls.");
        if (hop.Id is { } exact)
            return _router.Neighbours.Find(exact)
                ?? throw new PnetException(PnetError.Unreachable, $"no link to {exact} is up", "Connect to it (r2 connect), or name the nodes on the way: bob/carol.");
        var id = hop.Resolve(nodes, n => (n.Id, n.Name));
        return _router.Neighbours.Find(id)
            ?? throw new PnetException(PnetError.Unreachable, $"the link to {hop} has just ended", "Try again.");
    }

    private async Task<Neighbour> ReachThroughAsync(Neighbour router, NodeReference hop, CancellationToken cancellationToken)
    {
        if (hop.Link is not null)
            throw new PnetException(PnetError.Usage, $"{hop} is a link of this node and can only begin a path", "Give an id or a name.");
        var id = hop.Id ?? await (Resolver ?? throw new InvalidOperationException("No resolver is set."))(router, hop, cancellationToken).ConfigureAwait(false);
        if (id == _router.Self)
            throw new PnetException(PnetError.Usage, $"{hop} is this node itself", "Leave it out of the path.");
        if (_router.Neighbours.Find(id, router.Id) is { } open)
            return open;
        // Two who want the same far node at once share one link. The work isn't cancelled with the first who asked.
        var opening = _opening.GetOrAdd((router.Number, id), key => new Lazy<Task<Neighbour>>(() => OpenAsync(router, key.Node)));
        // All who asked may have gone when it fails.
        _ = opening.Value.ContinueWith(static t => t.Exception, TaskScheduler.Default);
        return await opening.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<Neighbour> OpenAsync(Neighbour router, NodeId id)
    {
        // The dictionary has to know of it first.
        await Task.Yield();
        try
        {
            var channel = await OpenChannelAsync(router, id).ConfigureAwait(false);
            return await _router.AttachAsync(channel, new AttachOptions { ExpectedId = id, Outbound = true, Via = router.Id, OnDemand = true }, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new PnetException(PnetError.Closed, "this node stops");
        }
        finally
        {
            _opening.TryRemove((router.Number, id), out _);
        }
    }

    private async Task<Channel> OpenChannelAsync(Neighbour router, NodeId id)
    {
        try
        {
            return await router.OpenAsync(FrameAddress.To(id), _stop.Token).ConfigureAwait(false);
        }
        catch (PnetException e) when (e.Error == PnetError.Refused)
        {
            // On a path of several nodes it matters which of them it is.
            throw new PnetException(e.Error, $"{router}: {e.Message}", e.Action, e);
        }
    }

    // A link that was made for a path and carries nothing any more is closed by the end that made it.
    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(_idle / 4);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                foreach (var neighbour in _router.Neighbours.Nodes.Where(n => n.Origin.OnDemand))
                {
                    if (neighbour.Channels.Count > 0)
                        neighbour.Touch();
                    else if (neighbour.Unused > _idle)
                        await neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "not used any more")).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }
}
