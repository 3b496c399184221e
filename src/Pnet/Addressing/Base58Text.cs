using System.Buffers;
using SimpleBase;

namespace Pnet.Addressing;

/// <summary>32-byte keys as text: Base58 in the Bitcoin alphabet, or 64 hexadecimal digits.</summary>
internal static class Base58Text
{
    /// <summary>Bytes in every key that has a text form here.</summary>
    internal const int Size = 32;

    /// <summary>The longest Base58 form of 32 bytes: ceil(256 / log2 58).</summary>
    internal const int MaxChars = 44;

    private const int HexChars = 2 * Size;

    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789ABCDEFabcdef");

    /// <summary>Whether a text has only Base58 digits.</summary>
    internal static bool IsBase58(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Alphabet);

    /// <summary>Writes 32 bytes as Base58.</summary>
    /// <returns>Whether <paramref name="destination"/> was long enough; <see cref="MaxChars"/> always is.</returns>
    internal static bool TryEncode(ReadOnlySpan<byte> bytes, Span<char> destination, out int charsWritten)
    {
        Span<char> text = stackalloc char[2 * MaxChars]; // SimpleBase asks for a little more than it fills.
        if (!Base58.Bitcoin.TryEncode(bytes, text, out var length) || length > destination.Length)
        {
            charsWritten = 0;
            return false;
        }

        text[..length].CopyTo(destination);
        text.Clear(); // Private keys are written here too.
        charsWritten = length;
        return true;
    }

    /// <summary>Reads exactly 32 bytes from Base58 or 64 hexadecimal digits.</summary>
    internal static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (text.Length == HexChars)
            return Convert.FromHexString(text, destination, out _, out var written) == OperationStatus.Done && written == Size;

        // Length and alphabet are settled first: decoding takes quadratic time.
        if (text.Length is < Size or > MaxChars || !IsBase58(text))
            return false;

        Span<byte> bytes = stackalloc byte[2 * Size];
        var done = Base58.Bitcoin.TryDecode(text, bytes, out var length) && length == Size;
        if (done)
            bytes[..Size].CopyTo(destination);
        bytes.Clear();
        return done;
    }

    /// <summary>Tells why <see cref="TryDecode"/> refused a text, without repeating the text: it may be a secret.</summary>
    internal static string Explain(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return "it is empty";

        var hex = text.Length == HexChars;
        var bad = text.IndexOfAnyExcept(hex ? HexDigits : Alphabet);
        if (bad >= 0)
            return $"{Quote.Char(text[bad])} at position {bad + 1} is not a {(hex ? "hexadecimal" : "Base58")} digit";

        return text.Length is >= Size and <= MaxChars
            ? $"its {text.Length} Base58 digits are not {Size} bytes"
            : $"it has {text.Length} characters, not 43 or 44 (Base58) or {HexChars} (hexadecimal)";
    }
}
