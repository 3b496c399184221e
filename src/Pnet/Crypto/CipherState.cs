using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Pnet.Crypto;

/// <summary>
/// A key and its message counter (Noise revision 34 section 5.1) with ChaCha20-Poly1305 (section 12.3). One direction,
/// one user at a time.
/// </summary>
internal sealed class CipherState : IDisposable
{
    /// <summary>Bytes in a key.</summary>
    internal const int KeySize = 32;

    /// <summary>Bytes that encryption adds.</summary>
    internal const int TagSize = 16;

    private const int NonceSize = 12;

    private ChaCha20Poly1305 _cipher;

    /// <summary>Starts with a key and nonce 0.</summary>
    internal CipherState(ReadOnlySpan<byte> key) => _cipher = new ChaCha20Poly1305(key);

    /// <summary>
    /// The number of the next message. Setting it serves transports that may lose or reorder messages (section 11.4);
    /// to encrypt twice under one number gives the key's secrecy away.
    /// </summary>
    internal ulong Nonce { get; set; }

    /// <summary>Encrypts a message and counts it.</summary>
    /// <param name="ad">What is authenticated along with it.</param>
    /// <param name="plaintext">The message.</param>
    /// <param name="ciphertextAndTag">
    /// Receives <see cref="TagSize"/> bytes more than the message has. It may start at the message's own address, and must
    /// not overlap it otherwise.
    /// </param>
    /// <returns>The bytes written.</returns>
    /// <exception cref="ArgumentException"><paramref name="ciphertextAndTag"/> is too short.</exception>
    /// <exception cref="PnetException"><see cref="PnetError.LimitReached"/>: the nonces are used up.</exception>
    internal int Encrypt(ReadOnlySpan<byte> ad, ReadOnlySpan<byte> plaintext, Span<byte> ciphertextAndTag)
    {
        var length = plaintext.Length + TagSize;
        if (ciphertextAndTag.Length < length)
            throw new ArgumentException($"{length} bytes are needed, not {ciphertextAndTag.Length}.", nameof(ciphertextAndTag));

        Span<byte> nonce = stackalloc byte[NonceSize];
        WriteNonce(nonce);
        _cipher.Encrypt(nonce, plaintext, ciphertextAndTag[..plaintext.Length], ciphertextAndTag[plaintext.Length..length], ad);
        Nonce++;
        return length;
    }

    /// <summary>Decrypts a message, and counts it if it is authentic.</summary>
    /// <param name="ad">What was authenticated along with it.</param>
    /// <param name="ciphertextAndTag">The encrypted message, tag included.</param>
    /// <param name="plaintext">
    /// Receives <see cref="TagSize"/> bytes fewer. It may start at the ciphertext's own address, and must not overlap it
    /// otherwise. After a failure it holds zeros.
    /// </param>
    /// <returns>Whether the message is authentic.</returns>
    /// <exception cref="ArgumentException"><paramref name="plaintext"/> is too short.</exception>
    /// <exception cref="PnetException"><see cref="PnetError.LimitReached"/>: the nonces are used up.</exception>
    internal bool TryDecrypt(ReadOnlySpan<byte> ad, ReadOnlySpan<byte> ciphertextAndTag, Span<byte> plaintext)
    {
        var length = ciphertextAndTag.Length - TagSize;
        if (length < 0)
            return false;
        if (plaintext.Length < length)
            throw new ArgumentException($"{length} bytes are needed, not {plaintext.Length}.", nameof(plaintext));

        Span<byte> nonce = stackalloc byte[NonceSize];
        WriteNonce(nonce);
        try
        {
            _cipher.Decrypt(nonce, ciphertextAndTag[..length], ciphertextAndTag[length..], plaintext[..length], ad);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        Nonce++;
        return true;
    }

    /// <summary>
    /// Replaces the key by one derived from it, so that the old one can't be found again (sections 4.2 and 11.3). The
    /// nonce goes on; both ends must do this after the same message.
    /// </summary>
    internal void Rekey()
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        Span<byte> key = stackalloc byte[KeySize];
        Span<byte> tag = stackalloc byte[TagSize];
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[4..], ulong.MaxValue);
        key.Clear();
        _cipher.Encrypt(nonce, key, key, tag);
        _cipher.Dispose();
        _cipher = new ChaCha20Poly1305(key);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <inheritdoc/>
    public void Dispose() => _cipher.Dispose();

    private void WriteNonce(Span<byte> nonce)
    {
        // 2^64-1 is kept for Rekey.
        if (Nonce == ulong.MaxValue)
            throw new PnetException(PnetError.LimitReached, "the key has encrypted as many messages as it may", "Open the link again.");

        nonce[..4].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[4..], Nonce);
    }
}
