using Pnet.Addressing;

namespace Pnet.Services.Files;

/// <summary>Files at another node: <c>bob:photos/2025</c>, <c>bob/carol:</c>, or with another service than <c>files</c>, <c>bob/service:public:photos</c>.</summary>
/// <param name="Address">The node, or its file service.</param>
/// <param name="Path">The path from the shared directory on; empty for all of it.</param>
public sealed record FileTarget(AddressPath Address, string Path = "")
{
    /// <summary>The name of the service where an address names none.</summary>
    public const string DefaultService = "files";

    private const string ServicePrefix = "service";
    private const string KeyPrefix = "x25519";
    private const string Form = "files at a node are written as bob:photos/2025, with the path from the shared directory on";

    /// <summary>The address of the service.</summary>
    public AddressPath Service => Address.Service is null ? Address.WithService(DefaultService) : Address;

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static FileTarget Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = FindColon(text);
        return colon < 0
            ? throw new FormatException($"\"{text}\" names no node; {Form}")
            : new FileTarget(AddressPath.Parse(text[..colon]), text[(colon + 1)..]);
    }

    /// <summary>Whether a text means files at a node and not on this machine: as with <c>scp</c>, by a colon; <c>./a:b</c> is a file here.</summary>
    public static bool IsFar(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return !text.StartsWith('/') && !text.StartsWith('.') && !System.IO.Path.IsPathFullyQualified(text) && FindColon(text) > 0;
    }

    /// <summary>A path below this one; an empty one, or <c>.</c>, is this one.</summary>
    public FileTarget Below(string path) => this with { Path = Path.Length == 0 ? path : $"{Path.TrimEnd('/')}/{path}" };

    /// <summary>As it is read.</summary>
    public override string ToString() => $"{Address}:{Path}";

    // The colons of service:NAME and x25519:KEY belong to the address.
    private static int FindColon(string text)
    {
        for (int start = 0; text.IndexOf(':', start) is >= 0 and var colon; start = colon + 1)
        {
            int name = Math.Max(start, text.LastIndexOf('/', Math.Max(colon - 1, 0)) + 1);
            var part = text.AsSpan(name, colon - name);
            if (!part.SequenceEqual(ServicePrefix) && !part.SequenceEqual(KeyPrefix))
                return colon;
        }
        return -1;
    }
}
