using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Pnet.Addressing;

/// <summary>
/// A node's identity: its 32-byte X25519 public key (RFC 7748). Written in Base58 (Bitcoin alphabet, 43 or 44 characters,
/// such as <c>6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC</c>); 64 hexadecimal digits and an <c>x25519:</c> prefix
/// are read as well.
/// </summary>
/// <remarks>
/// <see langword="default"/> is 32 zero bytes (<see cref="IsZero"/>). It is no one's key: X25519 with it gives an
/// all-zero secret, which every handshake refuses, so it may stand for "none".
/// </remarks>
public readonly struct NodeId : IEquatable<NodeId>, IComparable<NodeId>, IComparable, IParsable<NodeId>, ISpanFormattable
{
    /// <summary>Bytes in an id.</summary>
    public const int Size = 32;

    /// <summary>Characters in <see cref="ToShortString"/>.</summary>
    public const int ShortLength = 8;

    /// <summary>What may stand before an id.</summary>
    internal const string Prefix = "x25519:";

    internal const string Form =
        "a node id is 43 or 44 Base58 characters such as 6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC, or 64 hexadecimal digits";

    // Big-endian, so that comparing the numbers in turn compares the bytes.
    private readonly ulong _0, _1, _2, _3;

    /// <summary>Reads an id from its bytes.</summary>
    /// <param name="bytes">Exactly <see cref="Size"/> bytes.</param>
    /// <exception cref="ArgumentException">There are more or fewer bytes.</exception>
    public NodeId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException($"A node id has {Size} bytes, not {bytes.Length}.", nameof(bytes));

        _0 = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _2 = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _3 = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>Whether this is <see langword="default"/>: 32 zero bytes, nobody's id.</summary>
    public bool IsZero => (_0 | _1 | _2 | _3) == 0;

    /// <summary>Whether two ids are the same.</summary>
    public static bool operator ==(NodeId left, NodeId right) => left.Equals(right);

    /// <summary>Whether two ids differ.</summary>
    public static bool operator !=(NodeId left, NodeId right) => !left.Equals(right);

    /// <summary>Whether an id comes before another, by their bytes.</summary>
    public static bool operator <(NodeId left, NodeId right) => left.CompareTo(right) < 0;

    /// <summary>Whether an id comes before another or is the same.</summary>
    public static bool operator <=(NodeId left, NodeId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether an id comes after another, by their bytes.</summary>
    public static bool operator >(NodeId left, NodeId right) => left.CompareTo(right) > 0;

    /// <summary>Whether an id comes after another or is the same.</summary>
    public static bool operator >=(NodeId left, NodeId right) => left.CompareTo(right) >= 0;

    /// <summary>Reads an id from its text.</summary>
    /// <exception cref="FormatException">The text is no id; the message names the bad part and shows the right form.</exception>
    public static NodeId Parse(string s)
    {
        ArgumentNullException.ThrowIfNull(s);
        return TryParse(s, out var id) ? id : throw new FormatException($"{Quote.Text(s)} is not a node id: {Explain(s)}; {Form}");
    }

    /// <inheritdoc cref="Parse(string)"/>
    public static NodeId Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <summary>Reads an id from its text.</summary>
    /// <returns>Whether the text is an id.</returns>
    public static bool TryParse([NotNullWhen(true)] string? s, out NodeId result)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (s is not null && Base58Text.TryDecode(WithoutPrefix(s), bytes))
        {
            result = new NodeId(bytes);
            return true;
        }

        result = default;
        return false;
    }

    /// <inheritdoc cref="TryParse(string?, out NodeId)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out NodeId result) => TryParse(s, out result);

    /// <summary>Writes the 32 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than <see cref="Size"/>.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < Size)
            throw new ArgumentException($"A node id needs {Size} bytes, not {destination.Length}.", nameof(destination));

        BinaryPrimitives.WriteUInt64BigEndian(destination, _0);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _3);
    }

    /// <summary>The 32 bytes in an array of their own.</summary>
    public byte[] ToByteArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public bool Equals(NodeId other) => _0 == other._0 && _1 == other._1 && _2 == other._2 && _3 == other._3;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is NodeId other && Equals(other);

    /// <inheritdoc/>
    /// <remarks>Seeded per process: peers choose their keys, and must not be able to choose where they land in a table.</remarks>
    public override int GetHashCode() => HashCode.Combine(_0, _1, _2, _3);

    /// <summary>Compares the bytes in order.</summary>
    public int CompareTo(NodeId other)
    {
        var order = _0.CompareTo(other._0);
        if (order == 0)
            order = _1.CompareTo(other._1);
        if (order == 0)
            order = _2.CompareTo(other._2);
        return order != 0 ? order : _3.CompareTo(other._3);
    }

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        NodeId other => CompareTo(other),
        _ => throw new ArgumentException($"A node id can't be compared with a {obj.GetType().Name}.", nameof(obj)),
    };

    /// <summary>The id in Base58.</summary>
    public override string ToString() => ToString(null, null);

    /// <summary>The id in Base58 (<c>G</c>, empty or <see langword="null"/>) or hexadecimal (<c>X</c>, or <c>x</c> for small letters).</summary>
    /// <exception cref="FormatException"><paramref name="format"/> is another one.</exception>
    public string ToString(string? format) => ToString(format, null);

    /// <inheritdoc cref="ToString(string?)"/>
    public string ToString(string? format, IFormatProvider? formatProvider)
    {
        Span<char> text = stackalloc char[2 * Size];
        TryFormat(text, out var length, format, formatProvider); // 64 characters hold every form.
        return new string(text[..length]);
    }

    /// <summary>The id in 64 small hexadecimal digits.</summary>
    public string ToHex() => ToString("x");

    /// <summary>The first <see cref="ShortLength"/> characters of the Base58 form: for people to tell nodes apart, proves nothing.</summary>
    public string ToShortString() => ToString()[..ShortLength];

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return format switch
        {
            "" or "G" or "g" => Base58Text.TryEncode(bytes, destination, out charsWritten),
            "X" => Convert.TryToHexString(bytes, destination, out charsWritten),
            "x" => Convert.TryToHexStringLower(bytes, destination, out charsWritten),
            _ => throw new FormatException($"{Quote.Text(format)} is not a format of node ids: G (Base58), X or x (hexadecimal)"),
        };
    }

    /// <summary>Tells why a text is no id.</summary>
    internal static string Explain(ReadOnlySpan<char> text) => Base58Text.Explain(WithoutPrefix(text));

    private static ReadOnlySpan<char> WithoutPrefix(ReadOnlySpan<char> text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
}
