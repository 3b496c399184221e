using System.Security.Cryptography;

namespace Pnet.Links;

/// <summary>
/// The first bytes of a link, the same from both ends: magic, version, flags, and a random number that decides who speaks
/// first, because neither end of a serial line or of two <c>connect -</c> can know.
/// </summary>
/// <remarks>Both preambles are the Noise prologue, so nobody can change them unseen.</remarks>
internal readonly struct Preamble
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 28;

    /// <summary>Bytes that tell a preamble from anything else.</summary>
    public const int MagicSize = 8;

    /// <summary>The version of the protocol.</summary>
    public const byte Version = 1;

    // As in PNG: a byte above 127, CR LF and Ctrl+Z show a transport that isn't 8-bit clean.
    private static ReadOnlySpan<byte> Magic => [0x89, (byte)'P', (byte)'N', (byte)'E', (byte)'T', 0x0D, 0x0A, 0x1A];

    private const int FlagsOffset = 9;
    private const int TieOffset = 12;
    private const byte NetworkKeyFlag = 1;

    private readonly byte[] _bytes;

    private Preamble(byte[] bytes) => _bytes = bytes;

    /// <summary>The preamble as it is sent.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Whether this end takes only holders of a network key.</summary>
    public bool NetworkKey => (_bytes[FlagsOffset] & NetworkKeyFlag) != 0;

    /// <summary>Makes this end's preamble.</summary>
    /// <param name="networkKey">Whether a network key is in use.</param>
    /// <param name="tie">16 bytes for a test that needs the same ones; random otherwise.</param>
    public static Preamble Create(bool networkKey, ReadOnlySpan<byte> tie = default)
    {
        var bytes = new byte[Size];
        Magic.CopyTo(bytes);
        bytes[Magic.Length] = Version;
        bytes[FlagsOffset] = networkKey ? NetworkKeyFlag : (byte)0;
        if (tie.IsEmpty)
            RandomNumberGenerator.Fill(bytes.AsSpan(TieOffset));
        else
            tie.CopyTo(bytes.AsSpan(TieOffset));
        return new Preamble(bytes);
    }

    /// <summary>Reads the other end's preamble.</summary>
    /// <exception cref="PnetException">It isn't one, or of another version.</exception>
    public static Preamble Read(ReadOnlySpan<byte> bytes)
    {
        CheckMagic(bytes);
        if (bytes[Magic.Length] != Version)
            throw new PnetException(PnetError.Protocol, $"the other end speaks version {bytes[Magic.Length]} of the protocol, this end version {Version}", "Bring both ends to the same version.");
        return new Preamble(bytes.ToArray());
    }

    /// <summary>Looks at what came first: a preamble, or as much of one as there is.</summary>
    /// <exception cref="PnetException">It is none.</exception>
    public static void CheckMagic(ReadOnlySpan<byte> start)
    {
        var length = Math.Min(start.Length, MagicSize);
        if (start[..length].SequenceEqual(Magic[..length]))
            return;
        throw length > 5 && start[1..5].SequenceEqual(Magic[1..5])
            ? new PnetException(PnetError.Protocol, "the transport changes bytes on their way (it is not 8-bit clean)", "Make it raw: for a serial line or pty, socat's raw,echo=0.")
            : new PnetException(PnetError.Protocol, $"the other end does not speak this protocol: it began with {Printable(start)}", "Check that a node is at the other end of the transport.");
    }

    /// <summary>Whether this end is the initiator: the one whose random number is larger.</summary>
    /// <exception cref="PnetException">Both are the same: the transport returns what it is sent.</exception>
    public bool Leads(Preamble other) => _bytes.AsSpan(TieOffset).SequenceCompareTo(other._bytes.AsSpan(TieOffset)) switch
    {
        > 0 => true,
        < 0 => false,
        _ => throw new PnetException(PnetError.Protocol, "the transport returns this node's own bytes", "Turn echo off, and check that another node is at the other end."),
    };

    /// <summary>Fails where one end has a network key and the other has none.</summary>
    public void CheckNetworkKey(Preamble other)
    {
        if (NetworkKey == other.NetworkKey)
            return;
        throw NetworkKey
            ? new PnetException(PnetError.NetworkKeyMismatch, "the other node has no network key and this one has", "Give both nodes the same --network-key, or neither.")
            : new PnetException(PnetError.NetworkKeyMismatch, "the other node asks for a network key and this one has none", "Start this node with --network-key and that network's key.");
    }

    // The first line where it is text, which may well say what is wrong.
    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        var line = bytes.IndexOfAny((byte)'\r', (byte)'\n') is > 0 and var end ? bytes[..end] : bytes;
        return line.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E)
            ? Convert.ToHexString(bytes[..Math.Min(bytes.Length, MagicSize)])
            : "\"" + System.Text.Encoding.ASCII.GetString(line) + "\"";
    }
}
