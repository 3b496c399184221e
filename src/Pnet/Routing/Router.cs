using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Frames;
using Pnet.Links;
using Pnet.Transports;

namespace Pnet.Routing;

/// <summary>
/// Turns transports into neighbours, and applies <see cref="RoutingRule"/> to the channels they open.
/// </summary>
/// <remarks>
/// A channel bound to a node is joined to one at that node; one that comes from a node is a transport, over which an
/// ordinary link is made; one bound to a service is handed to whoever serves.
/// </remarks>
public sealed class Router : IAsyncDisposable
{
    private readonly RouterOptions _options;
    private readonly Action<Neighbour, Channel> _serve;
    private readonly BufferBudget _budget;
    private readonly BufferBudget _held;
    private readonly Lock _adding = new();
    private readonly HandshakeGate _gate;
    private readonly CancellationTokenSource _stop = new();
    private int _lastNumber;
    private int _lastManager;
    private int _pending;
    private long _relayed;
    private long _limitsReached;

    /// <summary>Creates a router without links.</summary>
    /// <param name="options">How to link and route.</param>
    /// <param name="serve">Called for each channel that a neighbour opens to a service; accepts or resets it, and must not block.</param>
    public Router(RouterOptions options, Action<Neighbour, Channel> serve)
    {
        _options = options;
        _serve = serve;
        _budget = new BufferBudget(options.MaxBuffered);
        _held = new BufferBudget(options.MaxHeld);
        _gate = new HandshakeGate(options.MaxHandshakes, options.MaxHandshakesPerSecond);
        Pings = new PingExchange(Self);
        Overlay = new Overlay(this, options);
    }

    /// <summary>A link came up, or (with a reason) ended.</summary>
    public event Action<Neighbour, PnetException?>? Changed;

    /// <summary>Something failed that nobody waits for: what, and why.</summary>
    public event Action<string, Exception>? Failed;

    /// <summary>This node.</summary>
    public NodeId Self => _options.Link.Key.Id;

    /// <summary>The links that are up.</summary>
    public NeighbourTable Neighbours { get; } = new();

    /// <summary>Far nodes.</summary>
    public Overlay Overlay { get; }

    /// <summary>Channels that this node joins for others, since the start.</summary>
    public long Relayed => Interlocked.Read(ref _relayed);

    /// <summary>Links, channels, connections and calls that were refused for a limit, since the start.</summary>
    public long LimitsReached => Interlocked.Read(ref _limitsReached);

    /// <summary>Bytes that peers have credit for on all channels together.</summary>
    public long Buffered => _budget.Used;

    /// <summary>Bytes that services hold for calls of other nodes, beside the channels.</summary>
    public long Held => _held.Used;

    /// <summary>What this node says of itself to the nodes it meets from now on.</summary>
    public Hello Hello { get; set; } = new(null, Capabilities.None, []);

    internal PingExchange Pings { get; }

    /// <summary>Runs a link over a transport, which the router owns from here on.</summary>
    /// <exception cref="PnetException">The handshake failed, or a limit is reached.</exception>
    public async Task<Neighbour> AttachAsync(ITransport transport, AttachOptions options, CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        try
        {
            Enter(options);
        }
        catch
        {
            CountLimit();
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        try
        {
            var linkOptions = _options.Link with
            {
                ExpectedId = options.ExpectedId,
                Hello = Hello,
                HandshakeTimeout = options.Timeout ?? _options.Link.HandshakeTimeout,
                HandshakeSpent = options.Spent,
                // Who may open the control socket needs no further key.
                NetworkKey = options.Manager ? null : _options.Link.NetworkKey,
                Local = options.Manager,
            };
            var link = await Link.OpenAsync(transport, linkOptions, stop.Token).ConfigureAwait(false);
            return await StartAsync(link, options, stop.Token).ConfigureAwait(false);
        }
        finally
        {
            Leave(options);
        }
    }

    /// <summary>Closes every link with a goodbye.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        var goodbye = new Reason(ReasonCode.Closed, "the node stops");
        // Those that run through others go first: their goodbye needs the links below.
        var links = Neighbours.All;
        await Task.WhenAll(links.Where(n => n.Origin.Via is not null).Select(n => n.CloseAsync(goodbye))).ConfigureAwait(false);
        await Task.WhenAll(links.Where(n => n.Origin.Via is null).Select(n => n.CloseAsync(goodbye))).ConfigureAwait(false);
        await Overlay.DisposeAsync().ConfigureAwait(false);
        // The token source is not disposed of: a transport that comes late is to find it cancelled, and be closed.
    }

    private void Enter(AttachOptions options)
    {
        // The owner's own managers get in however many strangers there are.
        if (Interlocked.Increment(ref _pending) + Neighbours.Count > _options.MaxLinks && !options.Manager)
        {
            Interlocked.Decrement(ref _pending);
            throw new PnetException(PnetError.LimitReached, $"this node has {_options.MaxLinks} links", "Disconnect some, or raise the limit.");
        }
        try
        {
            if (IsGated(options))
                _gate.Enter();
        }
        catch
        {
            Interlocked.Decrement(ref _pending);
            throw;
        }
    }

    private void Leave(AttachOptions options)
    {
        Interlocked.Decrement(ref _pending);
        if (IsGated(options))
            _gate.Leave();
    }

    /// <summary>Counts something that was refused for a limit.</summary>
    internal void CountLimit() => Interlocked.Increment(ref _limitsReached);

    private static bool IsGated(AttachOptions options) => !options.Outbound && !options.Manager;

    private async Task<Neighbour> StartAsync(Link link, AttachOptions options, CancellationToken cancellationToken)
    {
        if (link.RemoteId == Self)
        {
            await link.DisposeAsync().ConfigureAwait(false);
            throw new PnetException(PnetError.Usage, "the transport leads back to this node itself", "Connect to another node.");
        }
        // In the table before the first frame: the other end may route as soon as its handshake is done.
        var neighbour = Add(link, options);
        try
        {
            await link.RunAsync(neighbour.Channels, cancellationToken).ConfigureAwait(false);
            // A router that stops meanwhile may have looked at the table before.
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch
        {
            await link.DisposeAsync().ConfigureAwait(false);
            Neighbours.Remove(neighbour);
            throw;
        }
        Changed?.Invoke(neighbour, null);
        neighbour.Removal = RemoveWhenClosedAsync(neighbour);
        return neighbour;
    }

    private Neighbour Add(Link link, AttachOptions options)
    {
        lock (_adding)
        {
            // A node has one share, however many links.
            var held = Neighbours.Nodes.FirstOrDefault(n => n.Id == link.RemoteId)?.Channels.Held ?? new BufferBudget(_options.MaxHeldPerNode, _held);
            var neighbour = new Neighbour(NextNumber(options), link, options,
                n => new ChannelSet(link, _options.Channels, _budget, channel => OnOpened(n, channel)) { LimitReached = CountLimit, Held = held });
            Neighbours.Add(neighbour);
            return neighbour;
        }
    }

    // Managers come and go with every command: they are counted down from -1, so that nodes keep small numbers.
    private int NextNumber(AttachOptions options) =>
        options.Manager ? Interlocked.Decrement(ref _lastManager) : Interlocked.Increment(ref _lastNumber);

    private async Task RemoveWhenClosedAsync(Neighbour neighbour)
    {
        var reason = await neighbour.Link.Completion.ConfigureAwait(false);
        Neighbours.Remove(neighbour);
        Changed?.Invoke(neighbour, reason);
    }

    private void OnOpened(Neighbour from, Channel channel)
    {
        switch (channel.Address.Kind)
        {
            case FrameAddressKind.Service:
                _serve(from, channel);
                break;
            case FrameAddressKind.ToNode:
                Route(from, channel);
                break;
            case FrameAddressKind.FromNode when channel.Address.Node == Self:
                Pings.OnReturned(channel);
                break;
            case FrameAddressKind.FromNode when from.Origin.Manager:
                channel.Reset(new Reason(ReasonCode.Refused, "a manager does not route"));
                break;
            case FrameAddressKind.FromNode:
                _ = AcceptFarAsync(from, channel);
                break;
        }
    }

    private void Route(Neighbour from, Channel channel)
    {
        var (hearer, address) = RoutingRule.Apply(from.Id, channel.Address);
        var back = hearer == from.Id;
        if (!back && !_options.Relay)
        {
            channel.Reset(new Reason(ReasonCode.Refused, "it does not relay", "Take another way, or have it started without --no-relay."));
            return;
        }
        // A ping goes back the way it came: it is that link's round trip that is asked for.
        var next = back ? from : Neighbours.Find(hearer);
        if (next is null)
        {
            channel.Reset(new Reason(ReasonCode.Unreachable, $"no link to {hearer}"));
            return;
        }
        Interlocked.Increment(ref _relayed);
        try
        {
            _ = RelayAsync(channel, next.Channels.Open(address));
        }
        catch (PnetException e)
        {
            channel.Reset(Reason.From(e));
        }
    }

    private static async Task RelayAsync(Channel near, Channel far)
    {
        var reason = new Reason(ReasonCode.Closed, "closed");
        var relay = Splice.RunAsync(near, far);
        var accepted = far.WaitAcceptedAsync();
        try
        {
            // Either end may go while the far one has not answered yet.
            await (await Task.WhenAny(relay, accepted).ConfigureAwait(false)).ConfigureAwait(false);
            await accepted.ConfigureAwait(false);
            near.Accept();
            await relay.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever it is, both ends are told; what the far node said of its refusal says more than that the channel is cut.
            reason = Reason.From(accepted.Exception?.InnerException ?? e);
        }
        near.Reset(reason);
        far.Reset(reason);
        await Task.WhenAll(relay, accepted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptFarAsync(Neighbour router, Channel channel)
    {
        var source = channel.Address.Node;
        try
        {
            channel.Accept();
            await AttachAsync(channel, new AttachOptions { ExpectedId = source, Via = router.Id }, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever it is, nobody else waits for it.
            channel.Reset(Reason.From(e));
            Failed?.Invoke($"link from {source} via {router}", e);
        }
    }
}
