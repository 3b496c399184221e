using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>Where a node accepts links.</summary>
internal sealed class ListenerTable(Router router, TransportRegistry registry, EventLog events) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<AcceptLoop> _loops = [];

    public IReadOnlyList<ListenerInfo> Infos
    {
        get
        {
            lock (_lock)
                return [.. _loops.Select(l => new ListenerInfo(l.Endpoint, l.Accepted))];
        }
    }

    public async Task<ListenerInfo> AddAsync(string endpoint, CancellationToken cancellationToken)
    {
        var listener = await registry.ListenAsync(endpoint, cancellationToken).ConfigureAwait(false);
        events.Publish("listener.open", $"listening at {listener.Endpoint}");
        var loop = new AcceptLoop(
            listener,
            transport => _ = AttachAsync(listener.Endpoint, transport),
            e => events.Publish("listener.failed", $"{listener.Endpoint}: {e.Message}", warning: true));
        lock (_lock)
            _loops.Add(loop);
        return new ListenerInfo(loop.Endpoint, 0);
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

    private async Task AttachAsync(string endpoint, ITransport transport)
    {
        var from = transport.Description;
        try
        {
            await router.AttachAsync(transport, new AttachOptions()).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            events.Publish("link.failed", $"{from} at {endpoint}: {e.Message}", warning: true);
        }
    }
}
