using System.Collections.Concurrent;
using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Frames;
using Pnet.Routing;

namespace Pnet.Services;

/// <summary>The services of a node: finds the one a channel asks for, and lets only those in who may.</summary>
/// <param name="isKnown">Whether a neighbour is known.</param>
/// <param name="maxServed">See <see cref="NodeOptions.MaxServed"/>.</param>
/// <param name="maxServedPerNode">See <see cref="NodeOptions.MaxServedPerNode"/>.</param>
public sealed class ServiceTable(
    Func<Neighbour, bool> isKnown, int maxServed = ServiceTable.MaxServed, int maxServedPerNode = ServiceTable.MaxServedPerNode) : IAsyncDisposable
{
    /// <summary>Channels that the owner's services serve at a time for all other nodes: each may be a process, or a runspace.</summary>
    public const int MaxServed = 4096;

    /// <summary>Of those, one node's.</summary>
    public const int MaxServedPerNode = 1024;

    private static readonly Reason Stopping = new(ReasonCode.Closed, "the node stops");

    private readonly ConcurrentDictionary<string, Service> _services = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Channel, Task> _serving = new();
    private readonly CallerLimit _served = new(maxServed, maxServedPerNode);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>A channel was refused (the reason is a <see cref="PnetException"/>), or serving it failed.</summary>
    public event Action<Neighbour, string, Exception>? Failed;

    /// <summary>Called each time that a channel is refused because too many are served; must not block.</summary>
    internal Action? LimitReached { get; init; }

    /// <summary>The services that are listed, by name.</summary>
    public IReadOnlyList<Service> Listed => [.. _services.Values.Where(s => s.Listed).OrderBy(s => s.Name, StringComparer.Ordinal)];

    /// <summary>Offers a service.</summary>
    /// <exception cref="PnetException">There is one of that name.</exception>
    /// <exception cref="FormatException">The name has the wrong form.</exception>
    public void Add(Service service)
    {
        ServiceName.Validate(service.Name);
        if (!_services.TryAdd(service.Name, service))
            throw new PnetException(PnetError.AlreadyExists, $"a service \"{service.Name}\" is offered already", "Give another name (-n), or end the other one: r2 unserve.");
        // A node that stops may have looked at its services before.
        if (_stop.IsCancellationRequested && TryTake(service))
            throw Stopping.ToException();
    }

    /// <summary>Stops offering a service; channels that are open stay.</summary>
    /// <returns>Whether it was offered.</returns>
    public async Task<bool> RemoveAsync(Service service)
    {
        if (!TryTake(service))
            return false;
        await service.DisposeAsync().ConfigureAwait(false);
        return true;
    }

    /// <summary>Whether a neighbour may use a service.</summary>
    public bool Allows(Service service, Neighbour caller) => caller.Origin.Manager || service.Rule.Allows(caller.Id, isKnown(caller));

    /// <summary>Serves a channel that a neighbour opened, in the background; resets it where there is nothing to serve or the neighbour may not.</summary>
    public void Serve(Neighbour caller, Channel channel)
    {
        var name = channel.Address.Service!;
        var refusal = Refuse(caller, name, out var service);
        // What is the node's own has limits of its own, and its owner has none.
        var counts = refusal is null && service!.Listed && !caller.Origin.Manager;
        if (counts && (refusal = _served.Take(caller.Id)) is not null)
            LimitReached?.Invoke();
        if (refusal is { } reason)
        {
            channel.Reset(reason);
            Failed?.Invoke(caller, name, reason.ToException());
            return;
        }
        // Not on the reader loop: starting a process takes longer than a frame.
        var serving = Task.Run(() => ServeAsync(service!, caller, channel, counts));
        _serving[channel] = serving;
        // Whenever it ends, it is in the table before.
        _ = serving.ContinueWith(_ => _serving.TryRemove(channel, out var _), TaskScheduler.Default);
    }

    /// <summary>Cuts the channels that are being served, and waits until their transports are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (var service in _services.Values.Where(TryTake))
            await service.DisposeAsync().ConfigureAwait(false);
        // Functions may wait for bytes, or for somebody to take them, and look at no token.
        foreach (var channel in _serving.Keys)
            channel.Reset(Stopping);
        await Task.WhenAll(_serving.Values).ConfigureAwait(false);
        _stop.Dispose();
    }

    private bool TryTake(Service service) => _services.TryRemove(KeyValuePair.Create(service.Name, service));

    private Reason? Refuse(Neighbour caller, string name, out Service? service)
    {
        if (_stop.IsCancellationRequested)
        {
            service = null;
            return Stopping;
        }
        // A stranger is told the same of services that exist and of those that don't.
        if (_services.TryGetValue(name, out service) && Allows(service, caller))
            return null;
        return isKnown(caller) || caller.Origin.Manager
            ? new Reason(ReasonCode.NotFound, $"no service \"{name}\" is offered", "List the services of that node: r2 services NODE.")
            : new Reason(ReasonCode.Refused, $"service \"{name}\" refused: that node does not know {caller.Id}", "Ask its owner for access: r2 trust ID there, or --allow.");
    }

    private async Task ServeAsync(Service service, Neighbour caller, Channel channel, bool counts)
    {
        var reason = new Reason(ReasonCode.Closed, "closed");
        try
        {
            await service.RunAsync(caller, channel, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever a service throws becomes the reason, or the caller would wait for ever.
            reason = Reason.From(e);
            if (e is not OperationCanceledException && !channel.IsOver)
                Failed?.Invoke(caller, service.Name, e);
        }
        if (counts)
            _served.Return(caller.Id);
        channel.Reset(reason);
    }
}
