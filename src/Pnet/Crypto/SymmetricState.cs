using System.Security.Cryptography;
using System.Text;

namespace Pnet.Crypto;

/// <summary>The chaining key, the hash and the cipher of a handshake (Noise revision 34 section 5.2) with SHA-256.</summary>
internal sealed class SymmetricState : IDisposable
{
    private const int HashSize = SHA256.HashSizeInBytes;

    private readonly byte[] _chainingKey = GC.AllocateArray<byte>(HashSize, pinned: true);
    private readonly byte[] _hash = new byte[HashSize];
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private CipherState? _cipher;

    /// <summary>Starts with the hash of the protocol's name, or the name itself where it fits.</summary>
    internal SymmetricState(string protocolName)
    {
        var name = Encoding.ASCII.GetBytes(protocolName);
        if (name.Length <= HashSize)
            name.CopyTo(_hash, 0);
        else
            SHA256.HashData(name, _hash);
        _hash.CopyTo(_chainingKey, 0);
    }

    /// <summary>The hash of all that was said so far.</summary>
    internal ReadOnlySpan<byte> Hash => _hash;

    /// <summary>The bytes that <see cref="EncryptAndHash"/> adds now: a tag once there is a key.</summary>
    internal int Overhead => _cipher is null ? 0 : CipherState.TagSize;

    /// <summary>MixHash: takes what was said into the hash.</summary>
    internal void MixHash(ReadOnlySpan<byte> data)
    {
        _sha256.AppendData(_hash);
        _sha256.AppendData(data);
        _sha256.GetHashAndReset(_hash);
    }

    /// <summary>MixKey: takes a secret into the key.</summary>
    internal void MixKey(ReadOnlySpan<byte> secret)
    {
        Span<byte> output = stackalloc byte[2 * HashSize];
        Derive(secret, output);
        output[..HashSize].CopyTo(_chainingKey);
        ReplaceCipher(output[HashSize..]);
        CryptographicOperations.ZeroMemory(output);
    }

    /// <summary>MixKeyAndHash: takes a pre-shared key into key and hash.</summary>
    internal void MixKeyAndHash(ReadOnlySpan<byte> secret)
    {
        Span<byte> output = stackalloc byte[3 * HashSize];
        Derive(secret, output);
        output[..HashSize].CopyTo(_chainingKey);
        MixHash(output[HashSize..(2 * HashSize)]);
        ReplaceCipher(output[(2 * HashSize)..]);
        CryptographicOperations.ZeroMemory(output);
    }

    /// <summary>Encrypts, once there is a key, and takes the result into the hash.</summary>
    /// <returns>The bytes written.</returns>
    internal int EncryptAndHash(ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        var length = plaintext.Length;
        if (_cipher is null)
            plaintext.CopyTo(ciphertext);
        else
            length = _cipher.Encrypt(_hash, plaintext, ciphertext);
        MixHash(ciphertext[..length]);
        return length;
    }

    /// <summary>Undoes <see cref="EncryptAndHash"/>.</summary>
    /// <returns>Whether the text is authentic; without a key, any is.</returns>
    internal bool TryDecryptAndHash(ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        // First what is to be hashed, which decrypting in place would overwrite.
        Span<byte> hash = stackalloc byte[HashSize];
        _hash.CopyTo(hash);
        MixHash(ciphertext);
        if (_cipher is not null)
            return _cipher.TryDecrypt(hash, ciphertext, plaintext);

        ciphertext.CopyTo(plaintext);
        return true;
    }

    /// <summary>Derives the keys of both directions: first the initiator's, second the responder's.</summary>
    internal (CipherState First, CipherState Second) Split()
    {
        Span<byte> output = stackalloc byte[2 * HashSize];
        Derive([], output);
        var keys = (new CipherState(output[..HashSize]), new CipherState(output[HashSize..]));
        CryptographicOperations.ZeroMemory(output);
        return keys;
    }

    /// <summary>Forgets the secrets; the hash is none.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_chainingKey);
        _cipher?.Dispose();
        _sha256.Dispose();
    }

    /// <summary>Noise's HKDF (section 4.3) is RFC 5869's with the chaining key as salt and no info.</summary>
    private void Derive(ReadOnlySpan<byte> secret, Span<byte> output)
    {
        // HKDF-Extract is this HMAC; OpenSSL's own refuses the empty secret of Split.
        Span<byte> pseudorandom = stackalloc byte[HashSize];
        HMACSHA256.HashData(_chainingKey, secret, pseudorandom);
        HKDF.Expand(HashAlgorithmName.SHA256, pseudorandom, output, []);
        CryptographicOperations.ZeroMemory(pseudorandom);
    }

    private void ReplaceCipher(ReadOnlySpan<byte> key)
    {
        _cipher?.Dispose();
        _cipher = new CipherState(key);
    }
}
