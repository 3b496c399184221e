using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>What others can dial of the endpoints at which a node listens.</summary>
internal static class ReachableEndpoints
{
    // Any address of the machine, of either family; 0.0.0.0 and [::] are all of one.
    private const string Everywhere = "*";

    /// <summary>
    /// The endpoints with this machine's addresses where they say any address (<c>*</c>, <c>0.0.0.0</c>, <c>[::]</c>), those first
    /// that lead furthest: other machines', then this one's, then sockets in the file system.
    /// </summary>
    public static IEnumerable<string> Of(IEnumerable<string> listening) =>
        listening.SelectMany(Expand).Distinct().OrderBy(endpoint => endpoint.Rank).Select(endpoint => endpoint.Text);

    /// <summary>Fails for an endpoint that nobody can dial: one that says any address, or any port.</summary>
    /// <exception cref="FormatException">It is one, or no transport at all.</exception>
    public static void Check(string endpoint)
    {
        var address = TransportAddress.Parse(endpoint);
        if (FamilyOf(address.Host) is not null)
            throw new FormatException($"nobody can dial \"{endpoint}\": give an address of this machine, or a name that leads to it");
        if (address.Port == 0)
            throw new FormatException($"nobody can dial \"{endpoint}\": give the port that is listened at");
    }

    private static IEnumerable<(string Text, int Rank)> Expand(string endpoint)
    {
        var address = TransportAddress.Parse(endpoint);
        if (FamilyOf(address.Host) is { } family)
        {
            return Addresses().Where(one => family == AddressFamily.Unspecified || one.AddressFamily == family)
                .Select(one => ($"{address.Scheme}://{Literal(one)}:{address.Port}", RankOf(one)));
        }

        return [(endpoint, address.Host is null or "" ? 2 : IPAddress.TryParse(address.Host, out var ip) ? RankOf(ip) : 0)];
    }

    // Of which of the machine's addresses a host is any; null where it is one host.
    private static AddressFamily? FamilyOf(string? host) =>
        host == Everywhere ? AddressFamily.Unspecified
        : IPAddress.TryParse(host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)) ? ip.AddressFamily
        : null;

    private static IEnumerable<IPAddress> Addresses() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(card => card.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(ip => !ip.IsIPv6LinkLocal);

    private static int RankOf(IPAddress ip) => IPAddress.IsLoopback(ip) ? 1 : 0;

    private static string Literal(IPAddress ip) => ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{ip}]" : ip.ToString();
}
