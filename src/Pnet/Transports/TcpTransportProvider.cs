using System.Net;
using System.Net.Sockets;

namespace Pnet.Transports;

/// <summary><c>tcp://HOST:PORT</c>. To listen, the host is an address of this machine or <c>*</c> for all of them.</summary>
public sealed class TcpTransportProvider : ITransportProvider
{
    /// <summary>How long one address may take to answer before the next one is tried.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public string Scheme => "tcp";

    /// <inheritdoc/>
    public async ValueTask<ITransport> DialAsync(TransportAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        address.RequireOptions();
        if (address.Port == 0)
            throw new FormatException($"Bad port \"0\" in \"{address}\": to connect to it is a number from 1 to 65535.");

        var failures = new List<string>();
        PnetError kind = PnetError.Unreachable;
        Exception? last = null;
        foreach (IPAddress candidate in await ResolveAsync(address, cancellationToken).ConfigureAwait(false))
        {
            var endpoint = new IPEndPoint(candidate, address.Port!.Value);
            Socket? socket = null;
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            bound.CancelAfter(ConnectTimeout);
            try
            {
                socket = new Socket(candidate.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(endpoint, bound.Token).ConfigureAwait(false);
                return new SocketTransport(socket, address.ToString());
            }
            catch (SocketException e)
            {
                socket?.Dispose();
                (kind, last) = (SocketErrors.Kind(e), e);
                failures.Add($"{endpoint}: {SocketErrors.Describe(e)}");
            }
            catch (OperationCanceledException e)
            {
                socket?.Dispose();
                cancellationToken.ThrowIfCancellationRequested();
                (kind, last) = (PnetError.Unreachable, e);
                failures.Add($"{endpoint}: no answer in {ConnectTimeout.TotalSeconds:0} s");
            }
        }

        throw new PnetException(kind, $"Nothing answers at {address} ({string.Join("; ", failures)})",
            "Check the address, and that the other end is listening and no firewall is between.", last);
    }

    /// <inheritdoc/>
    public async ValueTask<IListener> ListenAsync(TransportAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        address.RequireOptions();
        bool any = address.Host == "*";
        IPAddress local = any ? Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any
            : (await ResolveAsync(address, cancellationToken).ConfigureAwait(false))[0];
        Socket? socket = null;
        try
        {
            socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (any && local.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = true;
            socket.Bind(new IPEndPoint(local, address.Port!.Value));
            socket.Listen(SocketListener.Backlog);
            var bound = (IPEndPoint)socket.LocalEndPoint!;
            string endpoint = any ? $"tcp://*:{bound.Port}" : $"tcp://{bound}";
            return new SocketListener(socket, endpoint, static accepted =>
            {
                accepted.NoDelay = true;
                return $"tcp://{Unmapped((IPEndPoint)accepted.RemoteEndPoint!)}";
            });
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            string? action = e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "Choose another port, 0 for any free one, or stop the program that has it.",
                SocketError.AccessDenied => "Choose a port from 1024, or run as root.",
                SocketError.AddressNotAvailable => "Give an address of this machine, or * for all of them.",
                _ => null,
            };
            throw new PnetException(SocketErrors.Kind(e), $"Can't listen at {address}: {SocketErrors.Describe(e)}", action, e);
        }
    }

    private static IPEndPoint Unmapped(IPEndPoint endpoint) =>
        endpoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port) : endpoint;

    private static async Task<IPAddress[]> ResolveAsync(TransportAddress address, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(address.Host, out IPAddress? literal))
            return [literal];
        try
        {
            IPAddress[] found = await Dns.GetHostAddressesAsync(address.Host!, cancellationToken).ConfigureAwait(false);
            return found.Length > 0 ? found : throw new SocketException((int)SocketError.NoData);
        }
        catch (SocketException e)
        {
            throw new PnetException(PnetError.Unreachable, $"Can't find the host \"{address.Host}\" of {address}: {SocketErrors.Describe(e)}",
                "Check the spelling, or give an IP address.", e);
        }
    }
}
