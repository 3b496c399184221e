namespace Pnet.Control;

/// <summary>A service that this process serves for its node.</summary>
internal sealed class LentService(ServiceInfo service, LentRequest request) : IAttachedService
{
    public ServiceInfo Service => service;

    public Task Completion => request.Completion;

    public ValueTask DisposeAsync() => request.DisposeAsync();
}
