namespace Pnet.Crypto;

/// <summary>A step of a handshake message (Noise revision 34 section 7.1); in pairs the initiator's key comes first.</summary>
internal enum HandshakeToken
{
    /// <summary>The sender's ephemeral public key.</summary>
    E,

    /// <summary>The sender's static public key, encrypted once there is a key.</summary>
    S,

    /// <summary>Both ephemeral keys agree.</summary>
    EE,

    /// <summary>The initiator's ephemeral key and the responder's static key agree.</summary>
    ES,

    /// <summary>The initiator's static key and the responder's ephemeral key agree.</summary>
    SE,

    /// <summary>Both static keys agree.</summary>
    SS,

    /// <summary>The pre-shared key.</summary>
    Psk,
}
