using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Frames;
using Pnet.Routing;

namespace Pnet.Control;

/// <summary>A service at the end of a path, found anew for each channel: links come and go.</summary>
/// <remarks>
/// The node that was found first is the only one that is taken later: a name in the path must not lead a tunnel that stands for
/// weeks to another node that calls itself the same.
/// </remarks>
internal sealed class FarService(Router router, AddressPath address)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    private NodeId? _node;

    /// <summary>The path and the service, as they were given.</summary>
    public AddressPath Address => address;

    /// <summary>Finds or makes the link to the node.</summary>
    /// <exception cref="PnetException">It can't be reached, or another node is found in its place.</exception>
    public async Task<Neighbour> ReachAsync(CancellationToken cancellationToken)
    {
        var neighbour = await router.Overlay.ReachAsync(address, cancellationToken).ConfigureAwait(false);
        _node ??= neighbour.Id;
        return neighbour.Id == _node
            ? neighbour
            : throw new PnetException(PnetError.IdentityMismatch, $"{address} leads to {neighbour.Id} now, and led to {_node}", "Remove the tunnel, and open one to the node's id.");
    }

    /// <summary>Opens a channel and waits until the service has accepted it.</summary>
    public async Task<Channel> OpenAsync(CancellationToken cancellationToken)
    {
        var neighbour = await ReachAsync(cancellationToken).ConfigureAwait(false);
        return await neighbour.OpenAsync(Name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a channel to a service that listens. It is accepted with the service's next connection, whenever that comes.</summary>
    public async Task<Channel> OpenNextAsync(CancellationToken cancellationToken) =>
        (await ReachAsync(cancellationToken).ConfigureAwait(false)).Channels.Open(Name);

    /// <summary>As <see cref="OpenNextAsync"/>, and makes sure that the service is there, listens, and lets this node wait.</summary>
    /// <exception cref="PnetException">It doesn't.</exception>
    public async Task<Channel> OpenListeningAsync(CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(AnswerTimeout);
        Channel? channel = null;
        try
        {
            var neighbour = await ReachAsync(bound.Token).ConfigureAwait(false);
            await CheckListensAsync(neighbour, bound.Token).ConfigureAwait(false);
            channel = neighbour.Channels.Open(Name);
            // A node refuses a channel before it answers what comes after: once a ping is back, the channel waits.
            await foreach (var ping in router.Pings.RunAsync(neighbour, 1, PingExchange.MinSize, default, AnswerTimeout, bound.Token).ConfigureAwait(false))
                _ = ping.RoundTrip ?? throw new OperationCanceledException("no answer");
            if (channel.Accepted.IsFaulted)
                await channel.Accepted.ConfigureAwait(false);
            return channel;
        }
        catch (Exception e)
        {
            if (channel is not null)
                await channel.DisposeAsync().ConfigureAwait(false);
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new PnetException(PnetError.TimedOut, $"{address} did not answer within {AnswerTimeout.TotalSeconds:0} s");
            throw;
        }
    }

    // Another kind of service would accept one channel after the other without end. Who may use a service but not look is taken
    // at their word.
    private async Task CheckListensAsync(Neighbour neighbour, CancellationToken cancellationToken)
    {
        IReadOnlyList<ServiceInfo> services;
        try
        {
            services = await ControlClient.At(neighbour).GetServicesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PnetException e) when (e.Error == PnetError.Refused)
        {
            return;
        }
        if (services.FirstOrDefault(s => s.Name == Name.Service) is { Listen: false } service)
            throw new PnetException(PnetError.Usage, $"the service \"{service.Name}\" of {neighbour} takes no connections", "Have its owner offer one that listens: r2 serve --listen ENDPOINT.");
    }

    private FrameAddress Name => FrameAddress.OfService(address.Service ?? ServiceRequest.DefaultName);
}
