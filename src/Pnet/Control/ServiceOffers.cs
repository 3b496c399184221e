using Pnet.Channels;
using Pnet.Routing;
using Pnet.Services;
using Pnet.Services.Files;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>The services that a node's owner offers.</summary>
internal sealed class ServiceOffers(Router router, ServiceTable services, AccessList access, AccessRule allow, TransportRegistry registry, EventLog events)
{
    /// <summary>All of them, for the owner.</summary>
    public IReadOnlyList<ServiceInfo> Infos => [.. services.Listed.Select(Describe)];

    /// <summary>Those that another node may use, as far as it is told.</summary>
    public IReadOnlyList<ServiceInfo> InfosFor(Neighbour caller) =>
        [.. services.Listed.Where(s => services.Allows(s, caller)).Select(s => new ServiceInfo { Name = s.Name, Listen = s.Listens, Active = s.Active, Total = s.Total })];

    /// <summary>Offers what a request describes.</summary>
    public async Task<Service> AddAsync(ServiceRequest request, CancellationToken cancellationToken)
    {
        var rule = RuleOf(request);
        if (request.Share != FileSharing.None)
            return await OfferAsync(new FileService(request.Name, rule, request.Transport, request.Share == FileSharing.Writable)).ConfigureAwait(false);
        return await OfferAsync(request.Listen
            ? Listen(request.Name, rule, await registry.ListenAsync(request.Transport, cancellationToken).ConfigureAwait(false))
            : new TransportService(request.Name, rule, request.Transport, registry, router.Self) { Command = request.Command }).ConfigureAwait(false);
    }

    /// <summary>Offers what a function serves; it accepts the channel.</summary>
    public Task<Service> AddAsync(ServiceRequest request, Func<Neighbour, Channel, CancellationToken, Task> serve) =>
        OfferAsync(new DelegateService(request.Name, RuleOf(request), request.Transport, listed: true, serve) { Command = request.Command });

    /// <summary>Offers the service of a name no longer; channels that are open stay.</summary>
    /// <exception cref="PnetException">There is none of that name.</exception>
    public async Task RemoveAsync(string name)
    {
        if (services.Listed.FirstOrDefault(s => s.Name == name) is not { } service || !await WithdrawAsync(service).ConfigureAwait(false))
            throw new PnetException(PnetError.NotFound, $"no service \"{name}\" is offered", "List them: r2 services.");
    }

    /// <summary>Offers just this service no longer.</summary>
    /// <returns>Whether it was offered.</returns>
    public async Task<bool> WithdrawAsync(Service service)
    {
        if (!await services.RemoveAsync(service).ConfigureAwait(false))
            return false;
        events.Publish("service.removed", $"service \"{service.Name}\"");
        return true;
    }

    /// <summary>A service as its owner sees it.</summary>
    public static ServiceInfo Describe(Service service) => new()
    {
        Name = service.Name,
        Transport = service.Description,
        Listen = service.Listens,
        Allow = service.Rule.ToStrings(),
        Active = service.Active,
        Total = service.Total,
    };

    private AccessRule RuleOf(ServiceRequest request) => AccessRule.Parse(request.Allow, access).Or(allow);

    private ListeningService Listen(string name, AccessRule rule, IListener listener) => new(
        name,
        rule,
        listener,
        message =>
        {
            router.CountLimit();
            events.Folding.Publish("connection.refused", name, message);
        },
        e => events.Folding.Publish("listener.failed", name, $"service \"{name}\": {e.Message}"));

    private async Task<Service> OfferAsync(Service service)
    {
        try
        {
            services.Add(service);
        }
        catch
        {
            await service.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        events.Publish("service.added", $"service \"{service.Name}\": {service.Description}");
        return service;
    }
}
