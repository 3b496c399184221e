using System.Reflection;
using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Control;
using Pnet.Links;
using Pnet.Routing;
using Pnet.Services;
using Pnet.Services.Commands;
using Pnet.Services.Content;
using Pnet.Services.Messages;
using Pnet.Services.Tickets;
using Pnet.Transports;

namespace Pnet;

/// <summary>A node of the overlay network: the composition root of all layers.</summary>
public sealed class Node : IAsyncDisposable
{
    private readonly NodeOptions _options;
    private readonly AccessList _access;
    private readonly AccessRule _allow;
    private readonly Router _router;
    private readonly ServiceTable _services;
    private readonly ServiceOffers _offers;
    private readonly WantedLinks _wanted;
    private readonly ListenerTable _listeners;
    private readonly TunnelTable _tunnels;
    private readonly Inbox _inbox;
    private readonly OwnManager _manager;
    private readonly ControlServer _controlServer;
    private readonly NodeControl _control;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AcceptLoop? _managers;
    private int _disposing;

    private Node(NodeOptions options, TransportRegistry transports)
    {
        _options = options;
        Transports = transports;
        _access = new AccessList(options.TrustFile);
        _allow = AccessRule.Parse(options.Allow, _access);
        // Those who are named are known from here on, and no longer once that is revoked.
        foreach (var id in _allow.Nodes)
            _access.Grant(new KnownNode(id, null, AccessSource.Allow));
        _allow = _allow with { Nodes = [] };
        _router = new Router(options.ToRouterOptions(), Serve)
        {
            Hello = new Hello(options.Name, options.Relay ? Capabilities.Relay : Capabilities.None, []),
        };
        _services = new ServiceTable(IsKnown, options.MaxServed, options.MaxServedPerNode) { LimitReached = _router.CountLimit };
        _offers = new ServiceOffers(_router, _services, _access, _allow, transports, Events);
        _wanted = new WantedLinks(_router, transports, Events);
        _listeners = new ListenerTable(_router, transports, Events);
        _tunnels = new TunnelTable(_router, transports, Events);
        _inbox = new Inbox(options.AcceptObjects);
        _manager = new OwnManager(_router);
        var identity = new NodeInfo
        {
            Id = options.Key.Id,
            Name = options.Name,
            Version = Version,
            SocketPath = options.SocketPath,
            StartedAt = DateTimeOffset.UtcNow,
            Relay = options.Relay,
            NetworkKey = options.NetworkKey is not null,
        };
        var tickets = new TicketTable(TimeProvider.System);
        _control = new NodeControl(new NodeParts(
            _router, _offers, _access, Events, _wanted, _listeners, _tunnels, _manager, _inbox, new TicketIssuer(Id, tickets, _listeners, Events), identity, IsKnown, StopSoonAsync));
        _controlServer = new ControlServer(_control);
        _router.Overlay.Resolver = NodeControl.ResolveAsync;
        _services.Add(new DelegateService(ControlServer.ServiceName, AccessRule.KnownOnly, "the node itself", listed: false, _controlServer.ServeAsync));
        _services.Add(new DelegateService(MessageIntake.ServiceName, AccessRule.KnownOnly, "messages to this node", listed: false, ReceiveAsync));
        _services.Add(new DelegateService(
            InboxDelivery.ServiceName, AccessRule.KnownOnly, "messages that came", listed: false, (caller, channel, token) => InboxDelivery.ServeAsync(_inbox, caller, channel, token)));
        _services.Add(new TicketService(tickets, _access, node => Events.Publish(
            "ticket.used", $"{node.Name ?? node.Id.ToString()} used a one-time ticket, and may use services", node.Id)));
        foreach (var command in BuiltInCommands.Create(_services, _router.Neighbours))
            _services.Add(command);
        var store = new ContentStore();
        _services.Add(new DelegateService(ContentService.ServiceName, _allow, "what it publishes", listed: false, (_, channel, token) => new ContentService(store).ServeAsync(channel, token)));
        _services.Add(new DelegateService(ContentManagement.ServiceName, AccessRule.KnownOnly, "what is published", listed: false, new ContentManagement(store).ServeAsync));
        _router.Changed += OnLinkChanged;
        _router.Failed += (what, e) => Events.Folding.Publish("link.failed", what, $"{what}: {e.Message}");
        _services.Failed += (caller, name, e) => Events.Folding.Publish(
            e is not PnetException { Error: PnetError.Refused or PnetError.NotFound } ? "service.failed" : name == TicketService.ServiceName ? "ticket.refused" : "channel.refused",
            caller.Id.ToString(), $"service \"{name}\" for {caller}: {e.Message}", caller.Id);
    }

    /// <summary>The version of this software.</summary>
    public static string Version { get; } = typeof(Node).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>The node's public key.</summary>
    public NodeId Id => _options.Key.Id;

    /// <summary>The name it gives itself.</summary>
    public string? Name => _options.Name;

    /// <summary>What a manager may ask, in this process.</summary>
    public INodeControl Control => _control;

    /// <summary>What happens at the node.</summary>
    public EventLog Events { get; } = new();

    /// <summary>The ways of getting transports; further ones can be registered.</summary>
    public TransportRegistry Transports { get; }

    /// <summary>Completes when the node has stopped.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Starts a node: its listeners, its tunnel process' service, and last its manager socket.</summary>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="PnetException">Something it was asked for can't be had; nothing is left running.</exception>
    /// <exception cref="FormatException">A name, an endpoint or a transport has the wrong form.</exception>
    public static async Task<Node> StartAsync(NodeOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Node node;
        try
        {
            Check(options);
            node = new Node(options, TransportRegistry.CreateDefault());
        }
        catch
        {
            options.Key.Dispose();
            throw;
        }
        try
        {
            if (options.TunnelProcess is { } command)
                await node._control.AddServiceAsync(new ServiceRequest { Transport = command }, cancellationToken).ConfigureAwait(false);
            foreach (var endpoint in options.Listen)
                await node._control.AddListenerAsync(endpoint, cancellationToken).ConfigureAwait(false);
            if (options.SocketPath is { } path)
                node._managers = ControlSocket.Serve(await ControlSocket.ListenAsync(path, cancellationToken).ConfigureAwait(false), node._router, node.Events);
            return node;
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Offers a service that a function serves.</summary>
    /// <param name="name">The name it is addressed by.</param>
    /// <param name="description">What stands behind it, for its owner to read.</param>
    /// <param name="allow">Who may use it beside known nodes: ids, names from the trust file, or <c>*</c>.</param>
    /// <param name="serve">Serves one channel until its end. What it throws becomes the reason of the channel's reset.</param>
    /// <exception cref="PnetException">There is one of that name.</exception>
    public void AddService(string name, string description, IEnumerable<string> allow, Func<NodeId, ITransport, CancellationToken, Task> serve)
    {
        ArgumentNullException.ThrowIfNull(serve);
        _services.Add(new DelegateService(name, AccessRule.Parse(allow, _access).Or(_allow), description, listed: true, async (caller, channel, token) =>
        {
            channel.Accept();
            await serve(caller.Id, channel, token).ConfigureAwait(false);
        }));
    }

    /// <summary>Stops the node: no new links, goodbyes to the old ones, no child process, no socket file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposing, 1) != 0)
        {
            await Completion.ConfigureAwait(false);
            return;
        }
        try
        {
            await _listeners.DisposeAsync().ConfigureAwait(false);
            if (_managers is not null)
                await _managers.DisposeAsync().ConfigureAwait(false);
            await _wanted.DisposeAsync().ConfigureAwait(false);
            await _tunnels.DisposeAsync().ConfigureAwait(false);
            await _manager.DisposeAsync().ConfigureAwait(false);
            await _services.DisposeAsync().ConfigureAwait(false);
            await _router.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            // A daemon waits for this, and is to end even where something could not be closed.
            _options.Key.Dispose();
            Events.Complete();
            _completion.TrySetResult();
        }
    }

    private static void Check(NodeOptions options)
    {
        if (options.Name is { } name)
            NodeName.Validate(name);
        if (options.KeepAlive < TimeSpan.FromSeconds(1) || options.KeepAlive > TimeSpan.FromHours(1))
            throw new PnetException(PnetError.Usage, $"a keep-alive of {options.KeepAlive.TotalSeconds:0.###} s", "Choose 1 to 3600 seconds.");
    }

    // Who holds the network key is known; so is who was named.
    private bool IsKnown(Neighbour neighbour) =>
        (_options.NetworkKey is not null && !neighbour.Origin.Manager) || _access.IsKnown(neighbour.Id);

    private void Serve(Neighbour caller, Channel channel)
    {
        if (!caller.Origin.Manager || !_controlServer.TryTakeStream(caller, channel))
            _services.Serve(caller, channel);
    }

    // A manager speaks for the node.
    private Task ReceiveAsync(Neighbour caller, Channel channel, CancellationToken cancellationToken) =>
        MessageIntake.ServeAsync(_inbox, caller.Origin.Manager ? (Id, Name) : (caller.Id, caller.Name), channel, cancellationToken);

    // The manager that asks is to have its answer before its link goes.
    private Task StopSoonAsync()
    {
        _ = Task.Run(async () => await DisposeAsync().ConfigureAwait(false));
        return Task.CompletedTask;
    }

    private void OnLinkChanged(Neighbour neighbour, PnetException? end)
    {
        if (neighbour.Origin.Manager)
            return;
        var how = neighbour.Origin.Via is { } via ? $"via {via}" : neighbour.Link.Transport.Description;
        if (end is null)
            Events.Publish("link.up", $"#{neighbour.Number} {neighbour} over {how}", neighbour.Id);
        else
            Events.Publish("link.down", $"#{neighbour.Number} {neighbour}: {end.Message}", neighbour.Id, warning: end.Error != PnetError.Closed);
    }
}
