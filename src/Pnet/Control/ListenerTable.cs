using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>Where a node accepts links.</summary>
internal sealed class ListenerTable(Router router, TransportRegistry registry, EventLog events) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];

    public IReadOnlyList<ListenerInfo> Infos
    {
        get
        {
            lock (_lock)
                return [.. _entries.Select(e => new ListenerInfo(e.Listener.Endpoint, e.Accepted))];
        }
    }

    public async Task<ListenerInfo> AddAsync(string endpoint, CancellationToken cancellationToken)
    {
        var entry = new Entry(await registry.ListenAsync(endpoint, cancellationToken).ConfigureAwait(false));
        lock (_lock)
            _entries.Add(entry);
        entry.Loop = AcceptAsync(entry);
        events.Publish("listener.open", $"listening at {entry.Listener.Endpoint}");
        return new ListenerInfo(entry.Listener.Endpoint, 0);
    }

    public async Task RemoveAsync(string endpoint)
    {
        Entry? entry;
        lock (_lock)
        {
            entry = _entries.Find(e => e.Listener.Endpoint == endpoint);
            if (entry is not null)
                _entries.Remove(entry);
        }
        if (entry is null)
            throw new PnetException(PnetError.NotFound, $"nothing listens at {endpoint}", "List the listeners: r2 listeners.");
        await CloseAsync(entry).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        List<Entry> entries;
        lock (_lock)
        {
            entries = [.. _entries];
            _entries.Clear();
        }
        await Task.WhenAll(entries.Select(CloseAsync)).ConfigureAwait(false);
    }

    private async Task CloseAsync(Entry entry)
    {
        await entry.Listener.DisposeAsync().ConfigureAwait(false);
        await entry.Loop.ConfigureAwait(false);
        events.Publish("listener.closed", $"no longer listening at {entry.Listener.Endpoint}");
    }

    private async Task AcceptAsync(Entry entry)
    {
        while (true)
        {
            try
            {
                var transport = await entry.Listener.AcceptAsync().ConfigureAwait(false);
                entry.Accepted++;
                _ = AttachAsync(entry, transport);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (IOException e)
            {
                events.Publish("listener.failed", $"{entry.Listener.Endpoint}: {e.Message}", warning: true);
            }
        }
    }

    private async Task AttachAsync(Entry entry, ITransport transport)
    {
        var from = transport.Description;
        try
        {
            await router.AttachAsync(transport, new AttachOptions()).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            events.Publish("link.failed", $"{from} at {entry.Listener.Endpoint}: {e.Message}", warning: true);
        }
    }

    private sealed class Entry(IListener listener)
    {
        public IListener Listener => listener;

        public long Accepted { get; set; }

        public Task Loop { get; set; } = Task.CompletedTask;
    }
}
