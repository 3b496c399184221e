using Pnet.Addressing;

namespace Pnet.Crypto;

/// <summary>
/// The Diffie-Hellman function X25519 (RFC 7748 section 5) on raw 32-byte keys. The multiplication itself comes from
/// the system's libsodium or from NSec.Cryptography: the build property <c>PnetX25519</c> selects which of the two
/// other files of this class is compiled.
/// </summary>
internal static partial class X25519
{
    /// <summary>Bytes in a private key, a public key and a shared secret.</summary>
    internal const int Size = NodeId.Size;

    /// <summary>Computes the public key of a private key.</summary>
    /// <param name="privateKey">32 bytes; the bits that RFC 7748 fixes may have any value.</param>
    /// <param name="publicKey">Receives 32 bytes.</param>
    internal static void GetPublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        RequireSize(privateKey.Length, nameof(privateKey));
        RequireSize(publicKey.Length, nameof(publicKey));
        MultiplyBase(privateKey, publicKey);
    }

    /// <summary>Computes the secret that a private key shares with a peer's public key.</summary>
    /// <returns>
    /// <see langword="false"/> where the secret is all zeros, which anyone can know: the peer gave a point of low order
    /// (RFC 7748 section 6.1).
    /// </returns>
    internal static bool TryAgree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peer, Span<byte> shared)
    {
        RequireSize(privateKey.Length, nameof(privateKey));
        RequireSize(peer.Length, nameof(peer));
        RequireSize(shared.Length, nameof(shared));
        if (!TryMultiply(privateKey, peer, shared))
            return false;

        // Both libraries check this themselves; no build may depend on it.
        byte any = 0;
        foreach (var part in shared)
            any |= part;
        return any != 0;
    }

    private static partial void MultiplyBase(ReadOnlySpan<byte> scalar, Span<byte> result);

    private static partial bool TryMultiply(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> point, Span<byte> result);

    private static void RequireSize(int length, string name)
    {
        if (length != Size)
            throw new ArgumentException($"X25519 works on {Size} bytes, not {length}.", name);
    }
}
