using System.Management.Automation;
using System.Runtime.CompilerServices;
using Pnet;
using Pnet.Addressing;
using Pnet.Control;
using PnetPS.Blocks;
using PnetPS.Hosting;

namespace PnetPS;

/// <summary>A node as PowerShell sees it: one that runs in this process, or a daemon behind its manager socket.</summary>
/// <remarks>
/// The counters are those of the last look at the node: <c>Get-R2Node</c> and <see cref="Refresh"/> look again.
/// </remarks>
public sealed class R2Node
{
    private readonly INodeControl _control;
    private readonly IAsyncDisposable _owned;
    private readonly HashSet<IAsyncDisposable> _attached = [];
    private readonly Lock _gate = new();
    private readonly NodeEvents _events;
    private readonly EventSubscribers _subscribers;
    private readonly MessageSubscribers _readers;
    private NodeInfo _info;
    private volatile bool _stopped;

    /// <param name="control">What it is asked through.</param>
    /// <param name="info">The first look at it.</param>
    /// <param name="owned">What ends with this object: the node itself, or the connection to its daemon.</param>
    /// <param name="journal">Where its script blocks report.</param>
    /// <param name="events">What happens at it.</param>
    /// <param name="blocks">Where a node of this process dials script blocks.</param>
    internal R2Node(INodeControl control, NodeInfo info, IAsyncDisposable owned, BlockJournal journal, NodeEvents events, ScriptBlockProvider? blocks = null)
    {
        _control = control;
        _info = info;
        _owned = owned;
        _events = events;
        _subscribers = new EventSubscribers(this);
        _readers = new MessageSubscribers(this);
        Journal = journal;
        Blocks = blocks;
    }

    /// <summary>A link to another node is up.</summary>
    public event EventHandler<R2EventArgs>? PeerConnected
    {
        add => _subscribers.Add("link.up", value);
        remove => _subscribers.Remove("link.up", value);
    }

    /// <summary>A link to another node has ended.</summary>
    public event EventHandler<R2EventArgs>? PeerDisconnected
    {
        add => _subscribers.Add("link.down", value);
        remove => _subscribers.Remove("link.down", value);
    }

    /// <summary>A message came. The handlers are one reader of the inbox: what they see, <c>Receive-R2Message</c> doesn't.</summary>
    public event EventHandler<R2MessageEventArgs>? MessageReceived
    {
        add => _readers.Add(value);
        remove => _readers.Remove(value);
    }

    /// <summary>Anything happened that <c>Watch-R2Event</c> shows.</summary>
    public event EventHandler<R2EventArgs>? EventOccurred
    {
        add => _subscribers.Add(null, value);
        remove => _subscribers.Remove(null, value);
    }

    /// <summary>The name the node gives itself, or <see langword="null"/>.</summary>
    public string? Name => _info.Name;

    /// <summary>The lab it belongs to, or <see langword="null"/>.</summary>
    public string? Lab { get; internal init; }

    /// <summary>Its public key in Base58.</summary>
    public string Id => _info.Id.ToString();

    /// <summary><c>Running</c> or <c>Stopped</c>.</summary>
    public R2NodeState State => _stopped ? R2NodeState.Stopped : R2NodeState.Running;

    /// <summary>Whether it runs in this process.</summary>
    public bool InProcess => Blocks is not null;

    /// <summary>The manager socket, where it has one.</summary>
    public string? SocketPath => _info.SocketPath;

    /// <summary>The number of links that are up.</summary>
    public int Peers => _info.Peers;

    /// <summary>The number of services offered.</summary>
    public int Services => _info.Services;

    /// <summary>The number of channels open on all links.</summary>
    public int Channels => _info.Channels;

    /// <summary>Where it accepts links.</summary>
    public string[] Endpoints => [.. _info.Endpoints];

    /// <summary>Whether it routes between other nodes.</summary>
    public bool Relay => _info.Relay;

    /// <summary>Whether it takes only links of holders of its network key.</summary>
    public bool NetworkKey => _info.NetworkKey;

    /// <summary>When it started, local time.</summary>
    public DateTime StartedAt => _info.StartedAt.LocalDateTime;

    /// <summary>The version of its software.</summary>
    public string Version => _info.Version;

    /// <summary>The errors of script blocks that ran for it in this process and of handlers of its events, the newest last, 100 at most.</summary>
    public ErrorRecord[] Errors => Journal.Errors.ToArray();

    /// <summary>What tells it from nodes of the same name in other labs, as in <c>three-sites/alice</c>.</summary>
    internal string FullName => Lab is null ? ToString() : $"{Lab}/{this}";

    /// <summary>Completes when a node of this process has stopped, whoever stopped it.</summary>
    internal Task Ended { get; init; } = Task.CompletedTask;

    /// <summary>Where a node of this process dials script blocks; <see langword="null"/> for a daemon.</summary>
    internal ScriptBlockProvider? Blocks { get; }

    /// <summary>Where script blocks report that run for the node in this process.</summary>
    internal BlockJournal Journal { get; }

    /// <summary>What the node is asked through.</summary>
    /// <exception cref="PnetException">It has stopped.</exception>
    internal INodeControl Control => !_stopped
        ? _control
        : throw Stopped();

    /// <summary>Looks at the node again, for at most 5 seconds.</summary>
    /// <exception cref="PnetException">The node has stopped or doesn't answer.</exception>
    public void Refresh()
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        RefreshAsync(bound.Token).GetAwaiter().GetResult();
    }

    /// <summary>The name, or else the id.</summary>
    public override string ToString() => Name ?? Id;

    internal async Task RefreshAsync(CancellationToken cancellationToken) =>
        _info = await Control.GetNodeAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Tells of something that happened in this process to what runs for the node, such as a script block; from any thread.</summary>
    internal void Publish(string kind, string message, bool warning = false, NodeId? peer = null) => _events.Publish(kind, message, warning, peer);

    /// <summary>Lists kept events of the node and of what runs for it in this process, the oldest first.</summary>
    /// <exception cref="PnetException">The node has stopped or doesn't answer.</exception>
    internal async Task<IReadOnlyList<NodeEvent>> GetEventsAsync(EventQuery query, CancellationToken cancellationToken) =>
        _stopped ? throw Stopped() : await _events.GetAsync(query, cancellationToken).ConfigureAwait(false);

    /// <summary>Follows what happens at the node, and to what runs for it in this process, after the kept events that a query picks.</summary>
    /// <exception cref="PnetException"><see cref="PnetError.Closed"/>: the node has stopped. There is no other end.</exception>
    internal async IAsyncEnumerable<NodeEvent> WatchAsync(EventQuery first, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // What a node of this process kept is there after its end: a handler that was added just before still sees how it ended.
        if (_stopped && !InProcess)
            throw Stopped();
        await foreach (var happened in _events.WatchAsync(first, cancellationToken).ConfigureAwait(false))
            yield return happened;
        throw Stopped();
    }

    /// <summary>Keeps a link or a tunnel that was attached from this process until it ends or the node does.</summary>
    internal void Keep(IAsyncDisposable attached, Task completion)
    {
        bool late;
        lock (_gate)
            late = _stopped || !_attached.Add(attached);
        _ = late ? attached.DisposeAsync().AsTask() : completion.ContinueWith(_ => LetGoAsync(attached), TaskScheduler.Default);
    }

    /// <summary>Ends what was attached, then the node or the connection to it; a second time is nothing.</summary>
    internal async Task CloseAsync()
    {
        List<IAsyncDisposable> attached;
        lock (_gate)
        {
            if (_stopped)
                return;
            _stopped = true;
            attached = [.. _attached];
            _attached.Clear();
        }

        foreach (var one in attached)
            await one.DisposeAsync().ConfigureAwait(false);
        await _owned.DisposeAsync().ConfigureAwait(false);
        Blocks?.Dispose();
        _events.Complete();
        _info = _info with { Peers = 0, Channels = 0, Endpoints = [] };
    }

    /// <summary>Puts script blocks' first words where a text of the node's has the names it knows them by.</summary>
    internal string Explain(string text) => Blocks?.Explain(text) ?? text;

    internal void Report(ErrorRecord error) => Journal.Errors.Add(error);

    private PnetException Stopped() => new(PnetError.Closed, $"node {this} has stopped", "Start it again with Start-R2Node.");

    private async Task LetGoAsync(IAsyncDisposable attached)
    {
        bool kept;
        lock (_gate)
            kept = _attached.Remove(attached);
        if (kept)
            await attached.DisposeAsync().ConfigureAwait(false);
    }
}
