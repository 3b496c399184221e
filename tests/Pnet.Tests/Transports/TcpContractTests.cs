using Pnet.Transports;

namespace Pnet.Tests.Transports;

public sealed class TcpContractTests : TransportContractTests
{
    protected override Task<(ITransport A, ITransport B)> CreateAsync() => ConnectAsync("tcp://127.0.0.1:0");
}
