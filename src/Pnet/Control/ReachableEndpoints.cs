using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>What others can dial of the endpoints at which a node listens.</summary>
internal static class ReachableEndpoints
{
    /// <summary>
    /// The endpoints with this machine's addresses where they say any address (<c>0.0.0.0</c>, <c>[::]</c>), those first that lead
    /// furthest: other machines', then this one's, then sockets in the file system.
    /// </summary>
    public static IEnumerable<string> Of(IEnumerable<string> listening) =>
        listening.SelectMany(Expand).Distinct().OrderBy(endpoint => endpoint.Rank).Select(endpoint => endpoint.Text);

    private static IEnumerable<(string Text, int Rank)> Expand(string endpoint)
    {
        var address = TransportAddress.Parse(endpoint);
        if (address.Host is not { } host || !IPAddress.TryParse(host, out var ip))
            return [(endpoint, address.Host is null or "" ? 2 : 0)];
        if (!ip.Equals(IPAddress.Any) && !ip.Equals(IPAddress.IPv6Any))
            return [(endpoint, RankOf(ip))];

        // Listening at any IPv6 address is listening at any IPv4 address as well, as sockets are by default.
        var own = Addresses().Where(one => ip.Equals(IPAddress.IPv6Any) || one.AddressFamily == AddressFamily.InterNetwork).ToList();
        return own.Select(one => ($"{address.Scheme}://{Literal(one)}:{address.Port}", RankOf(one)));
    }

    private static IEnumerable<IPAddress> Addresses() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(card => card.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(ip => !ip.IsIPv6LinkLocal);

    private static int RankOf(IPAddress ip) => IPAddress.IsLoopback(ip) ? 1 : 0;

    private static string Literal(IPAddress ip) => ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{ip}]" : ip.ToString();
}
