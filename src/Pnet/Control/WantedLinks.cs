using Pnet.Addressing;
using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>The links that were asked for.</summary>
internal sealed class WantedLinks(Router router, TransportRegistry registry, EventLog events) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<WantedLink> _links = [];
    private bool _disposed;

    /// <summary>Those that are not up, with what is known of them.</summary>
    public IEnumerable<PeerInfo> Pending => Snapshot()
        .Where(l => l.State is WantedLinkState.Connecting or WantedLinkState.Reconnecting)
        .Select(l => new PeerInfo
        {
            Link = 0,
            Id = l.Options.ExpectedId,
            State = l.State == WantedLinkState.Connecting ? LinkState.Connecting : LinkState.Reconnecting,
            Transport = l.Transport,
            Outbound = true,
            Error = l.Error?.Message,
        });

    /// <summary>The nodes that they lead to, or are to lead to, as far as that is known.</summary>
    public IReadOnlyList<(NodeId Id, string? Name)> Nodes
    {
        get
        {
            var nodes = new List<(NodeId, string?)>();
            foreach (var link in Snapshot())
            {
                if (link.LastNode is { } last)
                    nodes.Add(last);
                else if (link.Options.ExpectedId is { } id)
                    nodes.Add((id, null));
            }
            return nodes;
        }
    }

    public async Task<Neighbour?> ConnectAsync(ConnectRequest request, CancellationToken cancellationToken)
    {
        var address = TransportAddress.Parse(request.Transport);
        var options = new AttachOptions { ExpectedId = request.ExpectedId, Pinned = request.ExpectedId is not null, Outbound = true, Timeout = request.Timeout };
        var link = new WantedLink(request.Transport, options, request.Reconnect, request.Background, router,
            token => registry.DialAsync(address, token).AsTask(),
            (failed, e) => events.Publish("link.failed", e.Message, failed.Options.ExpectedId, warning: true));
        lock (_lock)
        {
            if (_disposed)
                throw new PnetException(PnetError.Closed, "the node stops");
            _links.Add(link);
            link.Start();
        }
        if (request.Background)
            return null;
        try
        {
            return await link.FirstLink.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await StopAsync(link).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops trying for every link that leads to a node, or is opened by a transport of that text.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> StopAsync(Func<WantedLink, bool> which)
    {
        var stopped = Snapshot().Where(which).ToList();
        await Task.WhenAll(stopped.Select(StopAsync)).ConfigureAwait(false);
        return stopped.Count;
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
            _disposed = true;
        await StopAsync(_ => true).ConfigureAwait(false);
    }

    private async Task StopAsync(WantedLink link)
    {
        lock (_lock)
            _links.Remove(link);
        await link.DisposeAsync().ConfigureAwait(false);
    }

    private List<WantedLink> Snapshot()
    {
        lock (_lock)
        {
            _links.RemoveAll(l => l.State == WantedLinkState.Stopped);
            return [.. _links];
        }
    }
}
