using System.Security.Cryptography;
using System.Text;
using Pnet.Addressing;

namespace Pnet.Crypto;

/// <summary>32-byte secrets as text, without strings: those can't be zeroed.</summary>
internal static class SecretText
{
    private const int MaxHeader = 256;

    /// <summary>Reads a secret from Base58 or 64 hexadecimal digits; the reason for a failure shows one character at most.</summary>
    internal static bool TryRead(ReadOnlySpan<char> text, Span<byte> secret, out string why)
    {
        var done = Base58Text.TryDecode(text, secret);
        why = done ? "" : Base58Text.Explain(text);
        return done;
    }

    /// <summary>Writes a file of a header and the secret in Base58, and zeroes <paramref name="secret"/>.</summary>
    internal static void Write(string path, string what, string header, Span<byte> secret, bool overwrite)
    {
        Span<char> digits = stackalloc char[Base58Text.MaxChars];
        Span<byte> content = stackalloc byte[MaxHeader + Base58Text.MaxChars + 1];
        try
        {
            Base58Text.TryEncode(secret, digits, out var count);
            var length = Encoding.UTF8.GetBytes(header, content);
            length += Encoding.UTF8.GetBytes(digits[..count], content[length..]);
            content[length++] = (byte)'\n';
            SecretFile.Write(path, what, content[..length], overwrite);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(content);
            digits.Clear();
        }
    }
}
