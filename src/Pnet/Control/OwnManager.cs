using Pnet.Addressing;
using Pnet.Frames;
using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>
/// The manager that a node is to itself: whoever uses the node's own services in its process gets there as a manager in another process
/// does, over a link; this one runs in memory, and is made when it is first needed.
/// </summary>
internal sealed class OwnManager(Router router) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private ManagerLink? _link;
    private bool _closed;

    /// <summary>Opens a channel to a service of the node itself.</summary>
    public async Task<ITransport> OpenAsync(AddressPath address, CancellationToken cancellationToken)
    {
        var link = await GetLinkAsync(cancellationToken).ConfigureAwait(false);
        return await link.OpenAsync(FrameAddress.OfService(address.Service ?? ServiceRequest.DefaultName), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            _closed = true;
            if (_link is not null)
                await _link.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<ManagerLink> GetLinkAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _link) is { IsUp: true } link)
            return link;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_closed)
                throw new PnetException(PnetError.Closed, "this node stops");
            if (_link is { IsUp: true } made)
                return made;
            if (_link is not null)
                await _link.DisposeAsync().ConfigureAwait(false);
            var (near, far) = MemoryTransport.CreatePair(description: "this process");
            var attaching = router.AttachAsync(far, new AttachOptions { Manager = true }, cancellationToken);
            var linking = ManagerLink.OverAsync(near, cancellationToken);
            await Task.WhenAll(attaching, linking).ConfigureAwait(false);
            return _link = await linking.ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }
}
