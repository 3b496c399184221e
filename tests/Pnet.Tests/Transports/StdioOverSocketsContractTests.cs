using Pnet.Transports;

namespace Pnet.Tests.Transports;

public sealed class StdioOverSocketsContractTests : TransportContractTests
{
    // As socat's exec: does it: input and output are the same socket.
    protected override Task<(ITransport A, ITransport B)> CreateAsync()
    {
        GivenDescriptors given = Own(new GivenDescriptors());
        (int a, int b) = given.SocketPair();
        return Task.FromResult<(ITransport, ITransport)>(
            (new StdioTransport(a, given.Duplicate(a)), new StdioTransport(b, given.Duplicate(b))));
    }
}
