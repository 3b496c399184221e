using System.Net;
using System.Net.Sockets;

namespace Pnet.EndToEnd.Fixture;

/// <summary>Ports for programs that can't be asked to choose one themselves.</summary>
internal static class Ports
{
    /// <summary>A TCP port that was free a moment ago; whoever takes it must be ready to find it gone.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
