namespace Pnet.Crypto;

/// <summary>What each message of a handshake says and does, in order (Noise revision 34 section 7).</summary>
/// <param name="Name">The pattern's name in the protocol's name.</param>
/// <param name="Messages">The tokens of each message, the initiator's first, then in turn.</param>
/// <param name="KnowsResponder">Whether the initiator has the responder's static key beforehand (the pre-message <c>&lt;- s</c>).</param>
internal sealed record HandshakePattern(string Name, HandshakeToken[][] Messages, bool KnowsResponder = false)
{
    /// <summary>Both ends show their static keys, encrypted (section 7.5).</summary>
    internal static HandshakePattern XX { get; } = new(
        "XX",
        [
            [HandshakeToken.E],
            [HandshakeToken.E, HandshakeToken.EE, HandshakeToken.S, HandshakeToken.ES],
            [HandshakeToken.S, HandshakeToken.SE],
        ]);

    /// <summary>XX that only holders of the network key can finish (section 9.4).</summary>
    internal static HandshakePattern XXpsk3 { get; } = new(
        "XXpsk3",
        [
            [HandshakeToken.E],
            [HandshakeToken.E, HandshakeToken.EE, HandshakeToken.S, HandshakeToken.ES],
            [HandshakeToken.S, HandshakeToken.SE, HandshakeToken.Psk],
        ]);

    /// <summary>The whole protocol's name: one suite, no other.</summary>
    internal string ProtocolName => $"Noise_{Name}_25519_ChaChaPoly_SHA256";

    /// <summary>Whether a pre-shared key takes part: then every ephemeral key is mixed into the key as well (section 9.2).</summary>
    internal bool UsesPsk => Messages.Any(message => message.Contains(HandshakeToken.Psk));
}
