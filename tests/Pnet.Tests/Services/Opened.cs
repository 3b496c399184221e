using Pnet.Addressing;
using Pnet.Services;
using Pnet.Transports;

namespace Pnet.Tests.Services;

/// <summary>Has one channel to any service, which is open already: its other end is whatever a test plays.</summary>
internal sealed class Opened(ITransport channel) : IServiceOpener
{
    public Task<ITransport> OpenAsync(AddressPath address, CancellationToken cancellationToken = default) => Task.FromResult(channel);
}
