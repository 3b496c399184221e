using Pnet.Addressing;
using Pnet.Services;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>
/// All that a manager may ask of a node. The command line and every cmdlet are written against this interface alone;
/// <see cref="Node"/> serves it in the process and <see cref="ControlClient"/> over the local socket.
/// </summary>
/// <remarks>
/// Every call fails with a <see cref="PnetException"/> that says what failed and what to do, or with an
/// <see cref="OperationCanceledException"/> when its token is cancelled. What a far node (see <see cref="At"/>)
/// lets this node do is less: it may be looked at, never changed.
/// </remarks>
public interface INodeControl : IServiceOpener, IAsyncDisposable
{
    /// <summary>Tells who the node is and how it is doing.</summary>
    Task<NodeInfo> GetNodeAsync(CancellationToken cancellationToken = default);

    /// <summary>Lists the links to other nodes, those that are being connected or reconnected included.</summary>
    Task<IReadOnlyList<PeerInfo>> GetPeersAsync(CancellationToken cancellationToken = default);

    /// <summary>Opens a transport, runs a link over it, and returns once the other node is authenticated.</summary>
    Task<PeerInfo> ConnectAsync(ConnectRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs a link over a transport that the caller has (its stdio, a script block); <see cref="ConnectRequest.Transport"/>
    /// is only its description. The link takes ownership of the transport.
    /// </summary>
    Task<IAttachedLink> AttachAsync(ITransport transport, ConnectRequest request, CancellationToken cancellationToken = default);

    /// <summary>Closes every link to a node with a goodbye and stops reconnecting to it.</summary>
    /// <param name="peer">An id, an unambiguous id prefix of 4 or more characters, a name, or a link's <see cref="PeerInfo.Link"/> as <c>#7</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task DisconnectAsync(string peer, CancellationToken cancellationToken = default);

    /// <summary>Starts accepting links at an endpoint such as <c>tcp://0.0.0.0:47210</c> or <c>unix:///run/x.sock</c>.</summary>
    Task<ListenerInfo> AddListenerAsync(string endpoint, CancellationToken cancellationToken = default);

    /// <summary>Lists where the node accepts links.</summary>
    Task<IReadOnlyList<ListenerInfo>> GetListenersAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops accepting links at an endpoint; links that came through it stay.</summary>
    Task RemoveListenerAsync(string endpoint, CancellationToken cancellationToken = default);

    /// <summary>Offers a service that starts a transport (a process, a connection) for every channel opened to it.</summary>
    Task<ServiceInfo> AddServiceAsync(ServiceRequest request, CancellationToken cancellationToken = default);

    /// <summary>Offers a service that the caller serves, for as long as the caller stays.</summary>
    /// <param name="request">What is offered; its <see cref="ServiceRequest.Transport"/> is only a description.</param>
    /// <param name="serve">
    /// Serves one channel of a node until its end: may be called at any time, several times at once. The channel is closed when it
    /// returns, and what it throws becomes the reason of the channel's reset.
    /// </param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task<IAttachedService> AttachServiceAsync(
        ServiceRequest request, Func<NodeId, ITransport, CancellationToken, Task> serve, CancellationToken cancellationToken = default);

    /// <summary>Lists the services the node offers: its own to a local manager, those the asker may use to a far one.</summary>
    Task<IReadOnlyList<ServiceInfo>> GetServicesAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops offering a service; channels that are open stay.</summary>
    Task RemoveServiceAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>
    /// Opens a tunnel whose near end is a transport of the node's own: a process, a connection, or a listener. The far node must be
    /// reached now; a tunnel that listens or is reversed then stands until it is removed, whatever becomes of the links.
    /// </summary>
    Task<TunnelInfo> AddTunnelAsync(TunnelRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Opens a channel and joins it to a transport that the caller has; the tunnel is listed until it ends. It takes ownership of
    /// the transport, which is closed too where the channel can't be opened.
    /// </summary>
    Task<IAttachedTunnel> AttachTunnelAsync(AddressPath address, ITransport transport, CancellationToken cancellationToken = default);

    /// <summary>Opens a reverse tunnel whose near end the caller opens anew for each connection, for as long as the caller stays.</summary>
    /// <param name="request">A tunnel of the kind <see cref="TunnelKind.Reverse"/>; its <see cref="TunnelRequest.Transport"/> is only a description.</param>
    /// <param name="open">Opens a near end, which the tunnel then owns.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task<IAttachedTunnel> AttachTunnelAsync(TunnelRequest request, Func<CancellationToken, Task<ITransport>> open, CancellationToken cancellationToken = default);

    /// <summary>Lists the tunnels that were opened through this node, and for a short time those that ended.</summary>
    Task<IReadOnlyList<TunnelInfo>> GetTunnelsAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends a tunnel.</summary>
    Task RemoveTunnelAsync(int id, CancellationToken cancellationToken = default);

    /// <summary>Sends messages to a node and tells of each one's way back (the routing rule with n1 = n0).</summary>
    IAsyncEnumerable<PingReply> PingAsync(PingRequest request, CancellationToken cancellationToken = default);

    /// <summary>Pings each node of a path in turn.</summary>
    IAsyncEnumerable<TraceHop> TraceAsync(AddressPath address, CancellationToken cancellationToken = default);

    /// <summary>Lists events that the node has kept, the oldest first.</summary>
    Task<IReadOnlyList<NodeEvent>> GetEventsAsync(EventQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// Follows what happens at the node, after the events it has kept that a query picks. A reader that falls behind loses the
    /// oldest events and is told how many. In the node's process this ends when the node has stopped; over the socket it fails then.
    /// </summary>
    IAsyncEnumerable<NodeEvent> WatchAsync(EventQuery first, CancellationToken cancellationToken = default);

    /// <summary>Lists who may use services.</summary>
    Task<IReadOnlyList<AccessEntry>> GetAccessAsync(CancellationToken cancellationToken = default);

    /// <summary>Makes a node known: it may use services and list peers. Kept in the trust file where the node has one.</summary>
    Task<AccessEntry> GrantAccessAsync(AccessEntry entry, CancellationToken cancellationToken = default);

    /// <summary>Takes access away; links stay, channels opened later are refused.</summary>
    Task RevokeAccessAsync(string node, CancellationToken cancellationToken = default);

    /// <summary>Makes a ticket: one string with which another node connects to this one (<see cref="TicketConnection"/>).</summary>
    Task<Ticket> IssueTicketAsync(TicketRequest request, CancellationToken cancellationToken = default);

    /// <summary>Counters since the start, by name; see <c>docs/protocol.md</c> and <c>docs/security.md</c> for the limits counted.</summary>
    Task<IReadOnlyDictionary<string, long>> GetMetricsAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops the node: goodbyes, child processes, socket file.</summary>
    Task StopAsync(CancellationToken cancellationToken = default);

    /// <summary>The same interface at a far node, reached through this one with this node's identity.</summary>
    INodeControl At(AddressPath target);
}
