using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Frames;
using Pnet.Routing;
using Pnet.Services;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>
/// Serves <see cref="INodeControl"/> on channels to <c>service:control</c>: all of it to this user's managers,
/// and to known nodes what only looks.
/// </summary>
/// <remarks>One channel is one request: the link's own multiplexing makes request numbers needless, and a reset cancels.</remarks>
internal sealed class ControlServer(NodeControl control)
{
    /// <summary>The name of the service.</summary>
    public const string ServiceName = "control";

    /// <summary>Bytes in the longest request of another node: it may ask for little, and may open many channels to ask on.</summary>
    public const int MaxFarLine = 4096;

    private const string TwoRequests = "control: more than one request on a channel";

    private readonly ManagerStreams _streams = new();

    /// <summary>Takes a channel that a manager opens for the raw bytes of a request; returns whether it was one.</summary>
    public bool TryTakeStream(Neighbour caller, Channel channel) => _streams.TryTake(caller, channel);

    /// <summary>Serves one request.</summary>
    public async Task ServeAsync(Neighbour caller, Channel channel, CancellationToken cancellationToken)
    {
        channel.Accept();
        var lines = new JsonLines(channel, "control", caller.Origin.Manager ? JsonLines.MaxLine : MaxFarLine);
        var request = await lines.ReadAsync(ControlJson.Default.ControlRequest, cancellationToken).ConfigureAwait(false);
        if (request is null)
            return;
        if (lines.HasMore)
            throw Violation.Of(TwoRequests);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var call = new ServedCall(caller, lines, request, stop.Token);
        // Nothing more is asked on this channel: its end, or its reset, is a manager that has gone.
        var gone = WatchAsync(channel, stop);
        try
        {
            await DispatchAsync(call).ConfigureAwait(false);
            await channel.EndAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            // Whatever it is, the manager is told.
            await lines.WriteAsync(new ControlReply { Error = ControlFailure.From(e) }, ControlJson.Default.ControlReply, cancellationToken).ConfigureAwait(false);
            await channel.EndAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        // The answer stays readable: the end that was sent comes before the reset.
        channel.Reset(new Reason(ReasonCode.Closed, "answered"));
        await gone.ConfigureAwait(false);
    }

    private static async Task WatchAsync(Channel channel, CancellationTokenSource stop)
    {
        try
        {
            if (await channel.ReadAsync(new byte[1]).ConfigureAwait(false) > 0)
                channel.Reset(new Reason(ReasonCode.Protocol, TwoRequests));
        }
        catch (IOException)
        {
            // Reset, or the link has ended: the same.
        }
        await stop.CancelAsync().ConfigureAwait(false);
    }

    private Task DispatchAsync(ServedCall call)
    {
        if (!call.Caller.Origin.Manager)
            return DispatchFarAsync(call);
        var target = call.Request.Target is { } path ? AddressPath.Parse(path) : AddressPath.Self;
        var at = control.At(target);
        return call.Request.Method switch
        {
            "node" => call.ResultAsync(at.GetNodeAsync(call.Token), ControlJson.Default.NodeInfo),
            "peers" => call.ResultAsync(at.GetPeersAsync(call.Token), ControlJson.Default.IReadOnlyListPeerInfo),
            "connect" => call.ResultAsync(at.ConnectAsync(call.Read(ControlJson.Default.ConnectRequest), call.Token), ControlJson.Default.PeerInfo),
            "attach" => AttachAsync(call, at),
            "disconnect" => call.DoneAsync(at.DisconnectAsync(call.Read(ControlJson.Default.String), call.Token)),
            "listen" => call.ResultAsync(at.AddListenerAsync(call.Read(ControlJson.Default.String), call.Token), ControlJson.Default.ListenerInfo),
            "listeners" => call.ResultAsync(at.GetListenersAsync(call.Token), ControlJson.Default.IReadOnlyListListenerInfo),
            "unlisten" => call.DoneAsync(at.RemoveListenerAsync(call.Read(ControlJson.Default.String), call.Token)),
            "serve" => call.ResultAsync(at.AddServiceAsync(call.Read(ControlJson.Default.ServiceRequest), call.Token), ControlJson.Default.ServiceInfo),
            "attach-service" => at is FarControl far ? throw far.Refused("serve") : AttachServiceAsync(call),
            "services" => call.ResultAsync(at.GetServicesAsync(call.Token), ControlJson.Default.IReadOnlyListServiceInfo),
            "unserve" => call.DoneAsync(at.RemoveServiceAsync(call.Read(ControlJson.Default.String), call.Token)),
            "open" => OpenAsync(call, at),
            "tunnel" => call.ResultAsync(at.AddTunnelAsync(call.Read(ControlJson.Default.TunnelRequest), call.Token), ControlJson.Default.TunnelInfo),
            "attach-tunnel" => AttachTunnelAsync(call, at),
            "tunnels" => call.ResultAsync(at.GetTunnelsAsync(call.Token), ControlJson.Default.IReadOnlyListTunnelInfo),
            "untunnel" => call.DoneAsync(at.RemoveTunnelAsync(int.Parse(call.Read(ControlJson.Default.String), System.Globalization.CultureInfo.InvariantCulture), call.Token)),
            "ping" => call.ItemsAsync(at.PingAsync(call.Read(ControlJson.Default.PingRequest), call.Token), ControlJson.Default.PingReply),
            "trace" => call.ItemsAsync(at.TraceAsync(call.Read(ControlJson.Default.AddressPath), call.Token), ControlJson.Default.TraceHop),
            "events" => call.ItemsAsync(at.GetEventsAsync(call.Read(ControlJson.Default.EventQuery), call.Token), ControlJson.Default.NodeEvent),
            "watch" => call.ItemsAsync(at.WatchAsync(call.Read(ControlJson.Default.EventQuery), call.Token), ControlJson.Default.NodeEvent),
            "access" => call.ResultAsync(at.GetAccessAsync(call.Token), ControlJson.Default.IReadOnlyListAccessEntry),
            "grant" => call.ResultAsync(at.GrantAccessAsync(call.Read(ControlJson.Default.AccessEntry), call.Token), ControlJson.Default.AccessEntry),
            "revoke" => call.DoneAsync(at.RevokeAccessAsync(call.Read(ControlJson.Default.String), call.Token)),
            "ticket" => call.ResultAsync(at.IssueTicketAsync(call.Read(ControlJson.Default.TicketRequest), call.Token), ControlJson.Default.Ticket),
            "metrics" => call.ResultAsync(at.GetMetricsAsync(call.Token), ControlJson.Default.IReadOnlyDictionaryStringInt64),
            "stop" => call.DoneAsync(at.StopAsync(call.Token)),
            _ => throw Unknown(call.Request.Method),
        };
    }

    // A known node may look, and is not told what stands behind a service or who else may use it.
    private Task DispatchFarAsync(ServedCall call) => call.Request.Method switch
    {
        "node" => call.ResultAsync(FarViewAsync(control.GetNodeAsync(call.Token)), ControlJson.Default.NodeInfo),
        "peers" => call.ResultAsync(FarViewAsync(control.GetPeersAsync(call.Token)), ControlJson.Default.IReadOnlyListPeerInfo),
        "services" => call.ResultAsync(control.GetServicesForAsync(call.Caller), ControlJson.Default.IReadOnlyListServiceInfo),
        _ => throw new PnetException(PnetError.Refused, $"a far node is never changed from here ({call.Request.Method})", "Ask its owner, or run r2 at that node."),
    };

    private static async Task<NodeInfo> FarViewAsync(Task<NodeInfo> info) => (await info.ConfigureAwait(false)) with { SocketPath = null };

    // What carries a link may be a command line, with whatever its owner wrote there.
    private static async Task<IReadOnlyList<PeerInfo>> FarViewAsync(Task<IReadOnlyList<PeerInfo>> peers) =>
        [.. (await peers.ConfigureAwait(false)).Where(p => p.State == LinkState.Up).Select(p => p with { Transport = p.Via is null ? "" : p.Transport })];

    private static PnetException Unknown(string method) =>
        new(PnetError.Protocol, $"control: no method \"{method}\"", "Bring manager and node to the same version.");

    private async Task OpenAsync(ServedCall call, INodeControl at)
    {
        var far = await at.OpenAsync(call.Read(ControlJson.Default.AddressPath), call.Token).ConfigureAwait(false);
        await using (far.ConfigureAwait(false))
        {
            var near = await StreamAsync(call, "manager").ConfigureAwait(false);
            await using (near.ConfigureAwait(false))
            {
                try
                {
                    await Splice.RunAsync(far, near, call.Token).ConfigureAwait(false);
                }
                catch (IOException e)
                {
                    // What the far service says, its manager is to hear: a mere close would swallow the reason.
                    near.Reset(Reason.From(e));
                    throw;
                }
            }
        }
    }

    private async Task AttachAsync(ServedCall call, INodeControl at)
    {
        var request = call.Read(ControlJson.Default.ConnectRequest);
        var stream = await StreamAsync(call, request.Transport).ConfigureAwait(false);
        var link = await at.AttachAsync(stream, request, call.Token).ConfigureAwait(false);
        await using (link.ConfigureAwait(false))
        {
            await call.ItemAsync(link.Peer, ControlJson.Default.PeerInfo).ConfigureAwait(false);
            var reason = await link.Completion.WaitAsync(call.Token).ConfigureAwait(false);
            await call.ResultAsync(Task.FromResult(new AttachedEnd(null, reason)), ControlJson.Default.AttachedEnd).ConfigureAwait(false);
        }
    }

    private async Task AttachTunnelAsync(ServedCall call, INodeControl at)
    {
        var request = call.Read(ControlJson.Default.TunnelRequest);
        if (request.Kind == TunnelKind.Reverse)
        {
            await AttachReverseAsync(call, at, request).ConfigureAwait(false);
            return;
        }
        // Refusals come before the manager is asked for its bytes.
        var far = await at.OpenAsync(request.Address, call.Token).ConfigureAwait(false);
        IAttachedTunnel tunnel;
        try
        {
            tunnel = control.Join(request.Address, far, await StreamAsync(call, request.Transport).ConfigureAwait(false));
        }
        catch
        {
            await far.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        await using (tunnel.ConfigureAwait(false))
        {
            await call.ItemAsync(tunnel.Tunnel, ControlJson.Default.TunnelInfo).ConfigureAwait(false);
            var status = await tunnel.Completion.WaitAsync(call.Token).ConfigureAwait(false);
            await call.ResultAsync(Task.FromResult(new AttachedEnd(status, null)), ControlJson.Default.AttachedEnd).ConfigureAwait(false);
        }
    }

    // Its manager serves it, for as long as the manager stays.
    private async Task AttachServiceAsync(ServedCall call)
    {
        var request = call.Read(ControlJson.Default.ServiceRequest);
        var lent = new LentStreams(call, _streams);
        var service = await control.OfferAsync(request, ServeAsync).ConfigureAwait(false);
        await using (service.ConfigureAwait(false))
        {
            await call.ItemAsync(service.Service, ControlJson.Default.ServiceInfo).ConfigureAwait(false);
            await lent.RunAsync(service.Completion).ConfigureAwait(false);
            await call.DoneAsync(Task.CompletedTask).ConfigureAwait(false);
        }

        async Task ServeAsync(Neighbour caller, Channel channel, CancellationToken token)
        {
            var stream = await lent.OpenAsync(request.Transport, caller.Id, token).ConfigureAwait(false);
            try
            {
                channel.Accept();
                await Splice.RunAsync(channel, stream, token).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                stream.Reset(Reason.From(e));
                throw;
            }
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task AttachReverseAsync(ServedCall call, INodeControl at, TunnelRequest request)
    {
        var lent = new LentStreams(call, _streams);
        var tunnel = await at.AttachTunnelAsync(
            request, async token => await lent.OpenAsync(request.Transport, null, token).ConfigureAwait(false), call.Token).ConfigureAwait(false);
        await using (tunnel.ConfigureAwait(false))
        {
            await call.ItemAsync(tunnel.Tunnel, ControlJson.Default.TunnelInfo).ConfigureAwait(false);
            await lent.RunAsync(tunnel.Completion).ConfigureAwait(false);
            await call.ResultAsync(Task.FromResult(new AttachedEnd(null, null)), ControlJson.Default.AttachedEnd).ConfigureAwait(false);
        }
    }

    private Task<Channel> StreamAsync(ServedCall call, string description) =>
        _streams.OpenAsync(call.Caller, description, (name, _) => call.ReplyAsync(new ControlReply { Stream = name }), call.Token);
}
