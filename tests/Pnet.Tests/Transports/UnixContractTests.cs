using Pnet.Transports;

namespace Pnet.Tests.Transports;

public sealed class UnixContractTests : TransportContractTests
{
    protected override Task<(ITransport A, ITransport B)> CreateAsync() => ConnectAsync("unix://" + Own(new TemporaryDirectory()).File("s"));
}
