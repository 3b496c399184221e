using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>A tunnel whose near end the node runs itself.</summary>
/// <param name="Address">The far service; <c>service:tunnel</c> where the path names none.</param>
/// <param name="Transport">The near end: a command line or a URI; of a listening tunnel, the endpoint to listen at.</param>
/// <param name="Kind">How the near end comes about.</param>
public sealed record TunnelRequest(AddressPath Address, string Transport, TunnelKind Kind = TunnelKind.Joined);
