using System.Net;
using System.Net.Sockets;
using Pnet.Transports;

namespace Pnet.Tests.Transports;

public sealed class StreamContractTests : TransportContractTests
{
    protected override async Task<(ITransport A, ITransport B)> CreateAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        TcpClient a = Own(new TcpClient());
        await a.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        TcpClient b = Own(await listener.AcceptTcpClientAsync());
        return (new StreamTransport(a.GetStream()), new StreamTransport(b.GetStream()));
    }
}
