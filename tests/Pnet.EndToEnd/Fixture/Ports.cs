using System.Net;
using System.Net.Sockets;

namespace Pnet.EndToEnd.Fixture;

/// <summary>
/// Ports for programs that can't be asked to choose one themselves: below those that the kernel gives to connections and to listeners
/// that name none, so that nothing else of the tests takes one before it is used.
/// </summary>
internal static class Ports
{
    private static int _last = Random.Shared.Next(20_000, 26_000);

    /// <summary>A TCP port that is free, and that is returned once.</summary>
    public static int Free()
    {
        while (true)
        {
            int port = Interlocked.Increment(ref _last);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // It is somebody's.
            }
        }
    }
}
