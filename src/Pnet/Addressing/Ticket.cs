using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using SimpleBase;

namespace Pnet.Addressing;

/// <summary>
/// One string with which two people connect by copy and paste: who a node is, where it listens, and, in one that is to be used
/// once, a secret that makes whoever shows it first known there.
/// </summary>
/// <remarks>
/// The text is <see cref="Prefix"/> and Base58 (docs/protocol.md, "Tickets"): letters and digits alone, so that a double click
/// marks it whole and no shell reads anything in it. It is pasted from anywhere, so it can name no command: endpoints are URIs of
/// <see cref="Schemes"/>. A ticket with a secret is one itself.
/// </remarks>
public sealed class Ticket : IEquatable<Ticket>
{
    /// <summary>What the text begins with.</summary>
    public const string Prefix = "r2ticket";

    /// <summary>The most endpoints.</summary>
    public const int MaxEndpoints = 8;

    /// <summary>The most bytes of UTF-8 in an endpoint.</summary>
    public const int MaxEndpoint = 255;

    /// <summary>The most characters of text: more than any ticket has.</summary>
    public const int MaxText = 4096;

    /// <summary>Bytes of the secret.</summary>
    public const int SecretSize = 16;

    private const byte Version = 1;
    private const byte HasSecret = 1;
    private const byte HasExpiry = 2;
    private const int ChecksumSize = 4;
    private const int HeadSize = 2 + NodeId.Size;
    private const string Form = $"a ticket begins with {Prefix}, and goes on with letters and digits";

    /// <summary>The schemes of endpoints that a ticket may hold: none of them starts anything.</summary>
    public static IReadOnlyList<string> Schemes { get; } = ["tcp", "unix", "udp", "ws", "wss"];

    private readonly string _text;

    /// <summary>Puts a ticket together.</summary>
    /// <param name="id">The node that gives it out.</param>
    /// <param name="endpoints">Where it listens, the best first; 1 to <see cref="MaxEndpoints"/>.</param>
    /// <param name="secret">The <see cref="SecretSize"/> bytes that count once, or <see langword="null"/>.</param>
    /// <param name="expires">When it ends, counted in whole seconds; <see langword="null"/> for never.</param>
    /// <exception cref="FormatException">An endpoint is none that a ticket may hold, or there are too many or none.</exception>
    public Ticket(NodeId id, IReadOnlyList<string> endpoints, byte[]? secret = null, DateTimeOffset? expires = null)
    {
        CheckEndpoints(endpoints);
        if (secret is not null && secret.Length != SecretSize)
            throw new FormatException($"a secret of {secret.Length} bytes: a ticket's has {SecretSize}");
        (Id, Endpoints) = (id, [.. endpoints]);
        // Not by itself: no array would become no bytes, and not no secret.
        if (secret is not null)
            Secret = secret;
        Expires = expires is { } end ? DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(end.ToUnixTimeSeconds(), 0, uint.MaxValue)) : null;
        _text = Encode();
    }

    /// <summary>The node that gave the ticket out.</summary>
    public NodeId Id { get; }

    /// <summary>Where it listens, the best first.</summary>
    public IReadOnlyList<string> Endpoints { get; }

    /// <summary>The bytes that count once, or <see langword="null"/>.</summary>
    public ReadOnlyMemory<byte>? Secret { get; }

    /// <summary>When it ends; <see langword="null"/> for never.</summary>
    public DateTimeOffset? Expires { get; }

    /// <summary>Whether it can be used once only.</summary>
    public bool OneTime => Secret is not null;

    /// <summary>Whether a text is meant to be a ticket.</summary>
    public static bool IsTicket([NotNullWhen(true)] string? text) => text is not null && text.AsSpan().Trim().StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Reads a ticket; blanks and line ends in it, as mail adds them, are passed over.</summary>
    /// <exception cref="FormatException">It is none, or not whole; the message says what is wrong.</exception>
    public static Ticket Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var compact = string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
        if (!compact.StartsWith(Prefix, StringComparison.Ordinal))
            throw new FormatException($"{Quote.Text(compact)} is no ticket: {Form}");
        if (compact.Length > MaxText)
            throw new FormatException($"a ticket of {compact.Length} characters: the longest has {MaxText}");
        var digits = compact[Prefix.Length..];
        for (var i = 0; i < digits.Length; i++)
        {
            if (!Base58Text.IsBase58([digits[i]]))
                throw new FormatException($"no ticket: {Quote.Char(digits[i])} at position {Prefix.Length + i + 1} is not a Base58 digit; {Form}");
        }

        var bytes = Base58.Bitcoin.Decode(digits);
        if (bytes.Length < HeadSize + ChecksumSize)
            throw new FormatException("no ticket: it is cut off; copy it again, from the first character to the last");
        var body = bytes.AsSpan(..^ChecksumSize);
        if (!bytes.AsSpan(body.Length).SequenceEqual(Checksum(body)))
            throw new FormatException("no ticket: it was cut off or changed on its way, as its checksum shows; copy it again, from the first character to the last");
        if (body[0] != Version)
            throw new FormatException($"a ticket of version {body[0]}: this node reads version {Version}");
        return Read(body);
    }

    /// <summary>The text, as <see cref="Parse"/> reads it.</summary>
    public override string ToString() => _text;

    /// <inheritdoc/>
    public bool Equals(Ticket? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Ticket);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>Fails for endpoints that no ticket may hold.</summary>
    /// <exception cref="FormatException">There are none or too many, or one is no URI of <see cref="Schemes"/>.</exception>
    public static void CheckEndpoints(IReadOnlyList<string> endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        if (endpoints.Count is 0 or > MaxEndpoints)
            throw new FormatException($"a ticket with {endpoints.Count} endpoints: it has 1 to {MaxEndpoints}");
        foreach (var endpoint in endpoints)
        {
            var separator = endpoint.IndexOf("://", StringComparison.Ordinal);
            if (separator < 0 || !Schemes.Contains(endpoint[..separator], StringComparer.OrdinalIgnoreCase) || endpoint.Any(char.IsControl))
                throw new FormatException($"{Quote.Text(endpoint)} is no endpoint for a ticket: whoever pastes one must not start anything by it; it holds URIs of {string.Join(", ", Schemes)}");
            if (Encoding.UTF8.GetByteCount(endpoint) > MaxEndpoint)
                throw new FormatException($"{Quote.Text(endpoint)} is too long for a ticket: the longest has {MaxEndpoint} bytes");
        }
    }

    private string Encode()
    {
        using var bytes = new MemoryStream();
        bytes.WriteByte(Version);
        bytes.WriteByte((byte)((Secret is null ? 0 : HasSecret) | (Expires is null ? 0 : HasExpiry)));
        bytes.Write(Id.ToByteArray());
        if (Secret is { } secret)
            bytes.Write(secret.Span);
        if (Expires is { } expires)
        {
            Span<byte> seconds = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(seconds, (uint)expires.ToUnixTimeSeconds());
            bytes.Write(seconds);
        }

        bytes.WriteByte((byte)Endpoints.Count);
        foreach (var endpoint in Endpoints)
        {
            var utf8 = Encoding.UTF8.GetBytes(endpoint);
            bytes.WriteByte((byte)utf8.Length);
            bytes.Write(utf8);
        }

        bytes.Write(Checksum(Written()));
        return Prefix + Base58.Bitcoin.Encode(Written());

        ReadOnlySpan<byte> Written() => bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
    }

    private static Ticket Read(ReadOnlySpan<byte> body)
    {
        var flags = body[1];
        if ((flags & ~(HasSecret | HasExpiry)) != 0)
            throw new FormatException("no ticket of this version: it holds something that is not known here");
        var id = new NodeId(body.Slice(2, NodeId.Size));
        var rest = body[HeadSize..];
        var secret = (flags & HasSecret) != 0 ? Take(ref rest, SecretSize).ToArray() : null;
        DateTimeOffset? expires = (flags & HasExpiry) != 0
            ? DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(Take(ref rest, sizeof(uint))))
            : null;
        var endpoints = new string[Take(ref rest, 1)[0]];
        for (var i = 0; i < endpoints.Length; i++)
            endpoints[i] = Encoding.UTF8.GetString(Take(ref rest, Take(ref rest, 1)[0]));
        if (!rest.IsEmpty)
            throw Broken();
        return new Ticket(id, endpoints, secret, expires);
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int count)
    {
        if (rest.Length < count)
            throw Broken();
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    private static FormatException Broken() => new("no ticket: its parts don't fit together; ask for another one");

    // Against slips of the hand and of the mouse, not against anybody: who is at the other end is proven in the handshake.
    private static byte[] Checksum(ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(Prefix));
        hash.AppendData(body);
        return hash.GetHashAndReset()[..ChecksumSize];
    }
}
