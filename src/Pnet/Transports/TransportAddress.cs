using System.Buffers;
using System.Collections.ObjectModel;
using System.Globalization;

namespace Pnet.Transports;

/// <summary>
/// The string with which a user says what carries a link or a tunnel: a URI, <c>-</c> for standard input and output,
/// and anything else is a shell command line.
/// </summary>
/// <remarks>
/// A string is a URI when it has <c>://</c> with no blank before it, so that <c>websocat -b ws://host/</c>
/// is the command it looks like.
/// </remarks>
public sealed class TransportAddress
{
    private const string Separator = "://";

    private static readonly ReadOnlyDictionary<string, string> NoOptions = new(new Dictionary<string, string>());

    private static readonly SearchValues<char> NotInHosts = SearchValues.Create(" \t\"'<>\\");

    private readonly string _text;

    private TransportAddress(string text, TransportAddressKind kind)
    {
        _text = text;
        Kind = kind;
    }

    /// <summary>What the string is.</summary>
    public TransportAddressKind Kind { get; }

    /// <summary>A URI's scheme in lower case (<c>tcp</c>), otherwise <see langword="null"/>.</summary>
    public string? Scheme { get; private init; }

    /// <summary>A URI's host, without the brackets of an IPv6 address, or <see langword="null"/> where it has none.</summary>
    public string? Host { get; private init; }

    /// <summary>A URI's port, 0 to 65535, or <see langword="null"/> where it has none.</summary>
    public int? Port { get; private init; }

    /// <summary>A URI's path with its escapes undone, or the empty string.</summary>
    public string Path { get; private init; } = "";

    /// <summary>The options after a URI's <c>?</c>, as in <c>unix:///run/x.sock?mode=0600</c>; their names are in lower case.</summary>
    public IReadOnlyDictionary<string, string> Options { get; private init; } = NoOptions;

    /// <summary>Reads a transport string.</summary>
    /// <exception cref="FormatException">A part has the wrong form; the message names it and shows the right one.</exception>
    public static TransportAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        if (trimmed.Length == 0)
            throw new FormatException("The transport is empty: give a command, a URI such as tcp://HOST:PORT, or - for standard input and output.");
        if (trimmed.Contains('\0', StringComparison.Ordinal))
            throw new FormatException("The transport holds a NUL character: a command or a URI can't.");
        if (trimmed == "-")
            return new TransportAddress(trimmed, TransportAddressKind.Stdio);

        int separator = trimmed.IndexOf(Separator, StringComparison.Ordinal);
        return separator < 0 || trimmed.AsSpan(0, separator).IndexOfAny(' ', '\t', '\n') >= 0
            ? new TransportAddress(trimmed, TransportAddressKind.Command)
            : ParseUri(trimmed, separator);
    }

    /// <summary>Gives back the text.</summary>
    public override string ToString() => _text;

    /// <summary>Fails when the URI has an option that its transport doesn't know.</summary>
    /// <exception cref="FormatException">It has one; the message lists those that are known.</exception>
    internal void RequireOptions(params ReadOnlySpan<string> known)
    {
        foreach (string name in Options.Keys)
        {
            if (!known.Contains(name))
            {
                string right = known.IsEmpty ? $"{Scheme}:// has no options" : "the options are " + string.Join(", ", known!);
                throw new FormatException($"Unknown option \"{name}\" in \"{_text}\": {right}.");
            }
        }
    }

    private static TransportAddress ParseUri(string text, int separator)
    {
        string scheme = text[..separator].ToLowerInvariant();
        if (scheme.Length == 0 || !char.IsAsciiLetter(scheme[0]) || !scheme.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.'))
            throw new FormatException($"Bad scheme \"{scheme}\" in \"{text}\": it is letters and digits, as in tcp://HOST:PORT.");

        string rest = text[(separator + Separator.Length)..];
        int query = rest.IndexOf('?', StringComparison.Ordinal);
        ReadOnlyDictionary<string, string> options = query < 0 ? NoOptions : ParseOptions(text, rest[(query + 1)..]);
        if (query >= 0)
            rest = rest[..query];

        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string authority = slash < 0 ? rest : rest[..slash];
        string path = slash < 0 ? "" : Uri.UnescapeDataString(rest[slash..]);

        if (scheme == "unix")
        {
            return authority.Length == 0 && path.Length > 1
                ? new TransportAddress(text, TransportAddressKind.Uri) { Scheme = scheme, Path = path, Options = options }
                : throw new FormatException($"Bad path in \"{text}\": the right form is unix:///path, with three slashes and a full path.");
        }

        (string? host, int? port) = ParseAuthority(text, scheme, authority);
        if (scheme is "tcp" or "udp")
        {
            if (host is null)
                throw new FormatException($"No host in \"{text}\": the right form is {Form(scheme)}.");
            if (port is null)
                throw new FormatException($"No port in \"{text}\": the right form is {Form(scheme)}.");
            if (path.Length > 1)
                throw new FormatException($"Unexpected path \"{path}\" in \"{text}\": the right form is {Form(scheme)}.");
        }

        return new TransportAddress(text, TransportAddressKind.Uri) { Scheme = scheme, Host = host, Port = port, Path = path, Options = options };
    }

    private static (string? Host, int? Port) ParseAuthority(string text, string scheme, string authority)
    {
        string host = authority;
        string? port = null;
        if (authority.StartsWith('['))
        {
            int close = authority.IndexOf(']', StringComparison.Ordinal);
            if (close < 0)
                throw new FormatException($"Bad host \"{authority}\" in \"{text}\": an IPv6 address ends with ], as in {scheme}://[::1]:PORT.");
            host = authority[1..close];
            if (!System.Net.IPAddress.TryParse(host, out System.Net.IPAddress? address) || address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6)
                throw new FormatException($"Bad host \"[{host}]\" in \"{text}\": brackets hold an IPv6 address, as in {scheme}://[::1]:PORT.");
            string tail = authority[(close + 1)..];
            if (tail.Length > 0)
                port = tail[0] == ':' ? tail[1..] : throw new FormatException($"Bad port \"{tail}\" in \"{text}\": the right form is {Form(scheme)}.");
        }
        else
        {
            int colon = authority.LastIndexOf(':');
            if (colon != authority.IndexOf(':', StringComparison.Ordinal))
                throw new FormatException($"Bad host \"{authority}\" in \"{text}\": an IPv6 address goes in brackets, as in {scheme}://[::1]:PORT.");
            if (colon >= 0)
                (host, port) = (authority[..colon], authority[(colon + 1)..]);
            if (host.AsSpan().ContainsAny(NotInHosts))
                throw new FormatException($"Bad host \"{host}\" in \"{text}\": the right form is {Form(scheme)}.");
        }

        int? number = null;
        if (port is not null)
        {
            number = int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value <= 65535
                ? value
                : throw new FormatException($"Bad port \"{port}\" in \"{text}\": it is a number from 0 to 65535, as in {Form(scheme)}.");
        }

        return (host.Length == 0 ? null : host, number);
    }

    private static ReadOnlyDictionary<string, string> ParseOptions(string text, string query)
    {
        var options = new Dictionary<string, string>();
        foreach (string part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string name = (equals < 0 ? part : part[..equals]).ToLowerInvariant();
            string value = equals < 0 ? "" : Uri.UnescapeDataString(part[(equals + 1)..]);
            if (name.Length == 0 || !options.TryAdd(name, value))
                throw new FormatException($"Bad option \"{part}\" in \"{text}\": options are NAME=VALUE joined by &, each given once.");
        }

        return options.AsReadOnly();
    }

    private static string Form(string scheme) => scheme is "tcp" or "udp" ? $"{scheme}://HOST:PORT" : $"{scheme}://HOST:PORT/PATH";
}
