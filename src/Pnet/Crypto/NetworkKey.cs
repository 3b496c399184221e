using System.Security.Cryptography;

namespace Pnet.Crypto;

/// <summary>
/// A network's shared key: 32 bytes that every link of the network must prove in its handshake (Noise revision 34
/// section 9, pattern XXpsk3). Written <c>psk:BASE58</c>; 64 hexadecimal digits are read as well.
/// </summary>
public sealed class NetworkKey : IDisposable
{
    /// <summary>Bytes in a network key.</summary>
    public const int Size = 32;

    private const string What = "network key file";
    private const string Prefix = "psk:";
    private const string Form = $"a network key is {Prefix} and 43 or 44 Base58 characters, or 64 hexadecimal digits";

    // Pinned, so that the collector leaves no copies behind.
    private readonly byte[] _bytes = GC.AllocateArray<byte>(Size, pinned: true);
    private bool _disposed;

    private NetworkKey()
    {
    }

    /// <summary>Makes a new key from the system's random numbers.</summary>
    public static NetworkKey Generate()
    {
        var key = new NetworkKey();
        RandomNumberGenerator.Fill(key._bytes);
        return key;
    }

    /// <summary>Takes a key from its bytes.</summary>
    /// <param name="bytes">Exactly <see cref="Size"/> bytes, which are copied.</param>
    /// <exception cref="ArgumentException">There are more or fewer bytes.</exception>
    public static NetworkKey FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException($"A network key has {Size} bytes, not {bytes.Length}.", nameof(bytes));

        var key = new NetworkKey();
        bytes.CopyTo(key._bytes);
        return key;
    }

    /// <summary>Reads a key from its text.</summary>
    /// <exception cref="FormatException">The text is no key; the message names the bad part and never repeats the text.</exception>
    public static NetworkKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Read(text);
    }

    /// <summary>Reads a key from a file with one line as <see cref="Parse"/> reads it; lines that start with <c>#</c> are comments.</summary>
    /// <exception cref="PnetException">
    /// <see cref="PnetError.NotFound"/>: there is no file. <see cref="PnetError.PermissionDenied"/>: it can't be read, or
    /// others have any right to it. <see cref="PnetError.Usage"/>: it is a directory or holds no key; the line is named.
    /// </exception>
    public static NetworkKey Load(string path) => SecretFile.Read(path, What, Read);

    /// <summary>Writes the key to a file of mode 0600 that appears whole or not at all.</summary>
    /// <param name="path">The file; a missing directory is made with mode 0700.</param>
    /// <param name="overwrite">Whether a file that is there is replaced.</param>
    /// <exception cref="PnetException">
    /// <see cref="PnetError.AlreadyExists"/>: a file is there and isn't to be replaced.
    /// <see cref="PnetError.PermissionDenied"/>, <see cref="PnetError.Failed"/>: it can't be written.
    /// </exception>
    public void Save(string path, bool overwrite = false)
    {
        Span<byte> bytes = stackalloc byte[Size];
        Export(bytes);
        SecretText.Write(path, What, $"# Shared key of a PnetPS network: keep it secret.\n{Prefix}", bytes, overwrite);
    }

    /// <summary>Copies the key out.</summary>
    /// <param name="destination">Receives <see cref="Size"/> bytes, which the caller is to zero after use.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    public void Export(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _bytes.CopyTo(destination);
    }

    /// <summary>Zeroes the key.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        _disposed = true;
    }

    /// <summary>Never the key itself, which may so be logged by mistake.</summary>
    public override string ToString() => "network key";

    private static NetworkKey Read(ReadOnlySpan<char> text)
    {
        var prefixed = text.StartsWith(Prefix, StringComparison.Ordinal);
        var digits = prefixed ? text[Prefix.Length..] : text;
        if (!prefixed && digits.Length != 2 * Size)
            throw new FormatException($"the network key doesn't start with {Prefix}; {Form}");

        Span<byte> bytes = stackalloc byte[Size];
        try
        {
            return SecretText.TryRead(digits, bytes, out var why)
                ? FromBytes(bytes)
                : throw new FormatException($"the network key is not right, {why}; {Form}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
