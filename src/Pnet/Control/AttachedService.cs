using Pnet.Services;

namespace Pnet.Control;

/// <summary>A service of this process's node that somebody in the process serves.</summary>
internal sealed class AttachedService(ServiceOffers offers, Service service) : IAttachedService
{
    public ServiceInfo Service => ServiceOffers.Describe(service);

    public Task Completion => service.Withdrawn;

    public ValueTask DisposeAsync() => new(offers.WithdrawAsync(service));
}
