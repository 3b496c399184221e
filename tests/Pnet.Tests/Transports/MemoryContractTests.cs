using Pnet.Transports;

namespace Pnet.Tests.Transports;

public sealed class MemoryContractTests : TransportContractTests
{
    protected override Task<(ITransport A, ITransport B)> CreateAsync()
    {
        (MemoryTransport a, MemoryTransport b) = MemoryTransport.CreatePair();
        return Task.FromResult<(ITransport, ITransport)>((a, b));
    }
}
