using Pnet.Transports;

namespace Pnet.Tests.Transports;

public sealed class StdioOverPipesContractTests : TransportContractTests
{
    protected override Task<(ITransport A, ITransport B)> CreateAsync()
    {
        GivenDescriptors given = Own(new GivenDescriptors());
        (int readThere, int writeThere) = given.Pipe();
        (int readBack, int writeBack) = given.Pipe();
        return Task.FromResult<(ITransport, ITransport)>((new StdioTransport(readBack, writeThere), new StdioTransport(readThere, writeBack)));
    }
}
