using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>Where a node accepts links.</summary>
internal sealed class ListenerTable(Router router, TransportRegistry registry, EventLog events) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<AcceptLoop> _loops = [];
    private bool _disposed;

    public IReadOnlyList<ListenerInfo> Infos
    {
        get
        {
            lock (_lock)
                return [.. _loops.Select(l => new ListenerInfo(l.Endpoint, l.Accepted))];
        }
    }

    /// <summary>Begins to accept links.</summary>
    /// <exception cref="PnetException">Nothing can listen there, or the node stops.</exception>
    /// <exception cref="FormatException">The endpoint has the wrong form.</exception>
    public async Task<ListenerInfo> AddAsync(string endpoint, CancellationToken cancellationToken)
    {
        var listener = await registry.ListenAsync(endpoint, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            if (!_disposed)
            {
                events.Publish("listener.open", $"listening at {listener.Endpoint}");
                _loops.Add(new AcceptLoop(
                    listener,
                    transport => _ = AttachAsync(listener.Endpoint, transport),
                    e => events.Folding.Publish("listener.failed", listener.Endpoint, $"{listener.Endpoint}: {e.Message}")));
                return new ListenerInfo(listener.Endpoint, 0);
            }
        }
        // The node has stopped meanwhile, and has closed those it knew of.
        await listener.DisposeAsync().ConfigureAwait(false);
        throw new PnetException(PnetError.Closed, "the node stops");
    }

    public async Task RemoveAsync(string endpoint)
    {
        AcceptLoop? loop;
        lock (_lock)
        {
            loop = _loops.Find(l => l.Endpoint == endpoint);
            if (loop is not null)
                _loops.Remove(loop);
        }
        if (loop is null)
            throw new PnetException(PnetError.NotFound, $"nothing listens at {endpoint}", "List the listeners: r2 listeners.");
        await CloseAsync(loop).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        List<AcceptLoop> loops;
        lock (_lock)
        {
            _disposed = true;
            loops = [.. _loops];
            _loops.Clear();
        }
        await Task.WhenAll(loops.Select(CloseAsync)).ConfigureAwait(false);
    }

    private async Task CloseAsync(AcceptLoop loop)
    {
        await loop.DisposeAsync().ConfigureAwait(false);
        events.Publish("listener.closed", $"no longer listening at {loop.Endpoint}");
    }

    // Whoever comes again comes from another port.
    private static string HostOf(string description) => description[..Math.Max(0, description.LastIndexOf(':'))];

    private async Task AttachAsync(string endpoint, ITransport transport)
    {
        var from = transport.Description;
        try
        {
            await router.AttachAsync(transport, new AttachOptions()).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            events.Folding.Publish("link.failed", HostOf(from), $"{from} at {endpoint}: {e.Message}");
        }
    }
}
