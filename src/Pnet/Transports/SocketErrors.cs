using System.Net.Sockets;

namespace Pnet.Transports;

/// <summary>Says what a socket error means: one wording for all transports, without the platform's numbers.</summary>
internal static class SocketErrors
{
    /// <summary>A phrase without a final full stop.</summary>
    public static string Describe(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.ConnectionReset => "connection reset by the other end",
        SocketError.ConnectionAborted => "connection aborted",
        SocketError.Shutdown => "the other end reads no more",
        SocketError.TimedOut => "no answer in time",
        SocketError.HostNotFound or SocketError.NoData => "the name is not known",
        SocketError.TryAgain => "the name can't be looked up now",
        SocketError.NetworkUnreachable => "network unreachable",
        SocketError.HostUnreachable => "host unreachable",
        SocketError.AccessDenied => "permission denied",
        SocketError.AddressAlreadyInUse => "already in use",
        SocketError.AddressNotAvailable => "not an address of this machine",
        SocketError.AddressFamilyNotSupported => "address family not supported",
        SocketError.TooManyOpenSockets => "too many open files",
        _ => exception.Message,
    };

    /// <summary>The kind of failure for whoever asked for the connection or the listener.</summary>
    public static PnetError Kind(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.AccessDenied => PnetError.PermissionDenied,
        SocketError.AddressAlreadyInUse => PnetError.AlreadyExists,
        SocketError.TooManyOpenSockets => PnetError.LimitReached,
        _ => PnetError.Unreachable,
    };
}
