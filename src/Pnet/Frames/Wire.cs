namespace Pnet.Frames;

/// <summary>The sizes that both ends of a link must agree on, in bytes (docs/protocol.md).</summary>
public static class Wire
{
    /// <summary>The length before each record: an unsigned 16-bit number, big endian.</summary>
    public const int RecordHeaderSize = 2;

    /// <summary>The authentication tag at the end of each record (RFC 8439).</summary>
    public const int TagSize = 16;

    /// <summary>The longest record without its header: the longest Noise message (revision 34, section 3).</summary>
    public const int MaxRecord = 65_535;

    /// <summary>The most that the frames of one record take together.</summary>
    public const int MaxRecordPlaintext = MaxRecord - TagSize;

    /// <summary>Operation (1), number (4) and payload length (2).</summary>
    public const int FrameHeaderSize = 7;

    /// <summary>The longest payload of one frame.</summary>
    public const int MaxPayload = MaxRecordPlaintext - FrameHeaderSize;

    /// <summary>What each end may send on a new channel before it is given credit.</summary>
    public const int InitialCredit = 64 * 1024;

    /// <summary>The most credit that may be outstanding on one channel.</summary>
    public const int MaxWindow = 16 * 1024 * 1024;

    /// <summary>The longest text in a <see cref="Operation.Reset"/>, <see cref="Operation.Unreachable"/> or <see cref="Operation.Goodbye"/>, UTF-8.</summary>
    public const int MaxReasonText = 512;

    /// <summary>The longest service name, ASCII.</summary>
    public const int MaxServiceName = 63;

    /// <summary>The longest handshake message.</summary>
    public const int MaxHandshakeMessage = 8 * 1024;

    /// <summary>Each direction's key is renewed after this many records (Noise revision 34, section 11.3).</summary>
    public const int RecordsPerKey = 1 << 16;
}
