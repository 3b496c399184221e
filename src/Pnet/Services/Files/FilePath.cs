using System.Security.Cryptography;
using System.Text;

namespace Pnet.Services.Files;

/// <summary>Paths as they cross the wire: names joined by <c>/</c>, below a directory that both ends know and never out of it.</summary>
internal static class FilePath
{
    /// <summary>The longest path, in bytes of UTF-8.</summary>
    public const int MaxLength = 4096;

    /// <summary>The longest name in it, in bytes of UTF-8; file systems have the same limit.</summary>
    public const int MaxName = 255;

    /// <summary>The most names in it.</summary>
    public const int MaxDepth = 128;

    /// <summary>How the name of a file begins that has not arrived whole.</summary>
    public const string PartialPrefix = ".pnet-part-";

    /// <summary>UTF-8 that refuses what isn't.</summary>
    public static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Takes a path apart.</summary>
    /// <exception cref="PnetException">A name in it could lead elsewhere, or is none.</exception>
    public static string[] Split(string path)
    {
        var names = path.Split('/');
        if (names.Length > MaxDepth || Encoding.UTF8.GetByteCount(path) > MaxLength)
            throw Bad(path, $"it has more than {MaxDepth} names or {MaxLength} bytes");
        foreach (string name in names)
        {
            if (Explain(name) is { } why)
                throw Bad(path, why);
        }
        return names;
    }

    /// <summary>Takes a path apart that a person has written: <c>.</c>, and slashes at its ends or doubled, mean nothing.</summary>
    /// <returns>Its names; none for the directory itself.</returns>
    /// <exception cref="PnetException">A name in it could lead elsewhere, or is none.</exception>
    public static string[] SplitTyped(string path)
    {
        if (path.StartsWith('/'))
            throw Bad(path, "it is absolute; give it from the shared directory on, without a slash before it");
        var names = path.Split('/').Where(name => name is not "" and not ".").ToArray();
        return names.Length == 0 ? names : Split(string.Join('/', names));
    }

    /// <summary>Says why a name is none that can be copied, or <see langword="null"/>.</summary>
    public static string? Explain(string name)
    {
        if (name.Length == 0)
            return "a name in it is empty";
        if (name is "." or "..")
            return $"it leads out of its directory (\"{name}\")";
        if (name.AsSpan().ContainsAny('/', '\0'))
            return "a name has a slash or a zero byte";
        if (name.Contains('\ufffd', StringComparison.Ordinal))
            return "a name is not valid UTF-8";
        if (Encoding.UTF8.GetByteCount(name) > MaxName)
            return $"a name has more than {MaxName} bytes";
        return name.StartsWith(PartialPrefix, StringComparison.Ordinal) ? "such names are for files that have not arrived whole" : null;
    }

    /// <summary>The bytes of memory that a path and its names take, and what is kept with them: rather more than less.</summary>
    public static long Weigh(string path, string[] names) => 512 + (6L * path.Length) + (40L * names.Length);

    /// <summary>The name under which a file arrives, in the directory that it arrives in.</summary>
    public static string PartialName(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return PartialPrefix + Convert.ToHexStringLower(hash[..12]);
    }

    private static PnetException Bad(string path, string why) => new(PnetError.Refused, $"\"{path}\" is refused: {why}", "Give the file another name, or another path.");
}
