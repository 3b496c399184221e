using Pnet.Addressing;
using Pnet.Crypto;

namespace Pnet.Links;

/// <summary>What a finished handshake leaves behind.</summary>
internal sealed record HandshakeResult(NodeId RemoteId, Hello RemoteHello, bool Initiator, CipherState Send, CipherState Receive);
