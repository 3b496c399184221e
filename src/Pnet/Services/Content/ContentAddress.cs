using System.Diagnostics.CodeAnalysis;

namespace Pnet.Services.Content;

/// <summary>
/// What some content is, wherever it is: <c>sha256:</c> and 64 hex digits. They are the SHA-256 of its <see cref="ContentList"/>, and not of
/// the bytes themselves, so that every chunk can be told from a wrong one as soon as it is there.
/// </summary>
public readonly struct ContentAddress : IEquatable<ContentAddress>, IParsable<ContentAddress>
{
    /// <summary>The length of the hash in bytes.</summary>
    public const int Size = 32;

    private const string Prefix = "sha256:";
    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");
    private readonly string? _hex;

    /// <summary>Takes a hash.</summary>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public ContentAddress(ReadOnlySpan<byte> hash)
    {
        if (hash.Length != Size)
            throw new ArgumentException($"a hash has {Size} bytes", nameof(hash));
        _hex = Convert.ToHexStringLower(hash);
    }

    private string Hex => _hex ?? new string('0', Size * 2);

    /// <summary>The hash.</summary>
    public byte[] ToBytes() => Convert.FromHexString(Hex);

    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static ContentAddress Parse(string s) => TryParse(s, out var address)
        ? address
        : throw new FormatException($"\"{s}\" is no content address; it is {Prefix} and {Size * 2} hex digits, as whoever published it was told");

    /// <inheritdoc cref="Parse(string)"/>
    public static ContentAddress Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <summary>Reads an address.</summary>
    /// <returns>Whether the text is one.</returns>
    public static bool TryParse([NotNullWhen(true)] string? s, out ContentAddress address)
    {
        address = default;
        if (s is null || s.Length != Prefix.Length + (Size * 2) || !s.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || s.AsSpan(Prefix.Length).ContainsAnyExcept(HexDigits))
            return false;
        address = new ContentAddress(Convert.FromHexString(s.AsSpan(Prefix.Length)));
        return true;
    }

    /// <inheritdoc cref="TryParse(string?, out ContentAddress)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ContentAddress result) => TryParse(s, out result);

    /// <inheritdoc/>
    public bool Equals(ContentAddress other) => Hex == other.Hex;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is ContentAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Hex.GetHashCode(StringComparison.Ordinal);

    /// <summary>The address as it is read.</summary>
    public override string ToString() => Prefix + Hex;

    /// <summary>Whether both are the same.</summary>
    public static bool operator ==(ContentAddress left, ContentAddress right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(ContentAddress left, ContentAddress right) => !left.Equals(right);
}
