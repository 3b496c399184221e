using Pnet.Transports;

namespace Pnet.Tests.Transports;

public sealed class ProcessContractTests : TransportContractTests
{
    // Of its own accord socat waits half a second only for the second direction to end.
    protected override Task<(ITransport A, ITransport B)> CreateAsync()
    {
        string path = Own(new TemporaryDirectory()).File("s");
        return ConnectAsync("unix://" + path, _ => $"socat -t 30 unix-connect:{path} -,shut-down");
    }
}
