using System.Buffers.Binary;
using System.Text;
using Pnet.Addressing;
using Pnet.Frames;
using Pnet.Transports;

namespace Pnet.Links;

/// <summary>What a node says of itself inside the handshake; see docs/protocol.md, "Hello".</summary>
/// <param name="Name">The name it gives itself, or <see langword="null"/>. Nobody vouches for it.</param>
/// <param name="Capabilities">What it can do.</param>
/// <param name="Endpoints">Where it accepts links; at most 16 of at most 255 bytes.</param>
public sealed record Hello(string? Name, Capabilities Capabilities, IReadOnlyList<string> Endpoints)
{
    /// <summary>The most endpoints that are told.</summary>
    public const int MaxEndpoints = 16;

    private const int MaxEndpointLength = 255;

    /// <summary>The most bytes that <see cref="Write"/> takes.</summary>
    internal const int MaxSize = 4 + 1 + Wire.MaxServiceName + 1 + (MaxEndpoints * (1 + MaxEndpointLength)) + 1 + LocalProcess.MarkSize;

    /// <summary>On the control socket, the mark of the process that speaks (see <see cref="LocalProcess"/>): it can send and read records in the clear.</summary>
    internal ReadOnlyMemory<byte> Process { get; init; }

    /// <summary>Writes it and returns its length in bytes.</summary>
    internal int Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Capabilities);
        var at = 4;
        at += WriteText(destination[at..], Name ?? "");
        var told = Endpoints.Where(e => Encoding.UTF8.GetByteCount(e) <= MaxEndpointLength).Take(MaxEndpoints).ToList();
        destination[at++] = (byte)told.Count;
        foreach (var endpoint in told)
            at += WriteText(destination[at..], endpoint);
        if (Process.IsEmpty)
            return at;
        destination[at++] = LocalProcess.MarkSize;
        Process.Span.CopyTo(destination[at..]);
        return at + LocalProcess.MarkSize;
    }

    /// <summary>Reads it. Bytes after the last field are left alone: a later version may add some.</summary>
    /// <exception cref="PnetException">It has the wrong form.</exception>
    internal static Hello Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 6)
            throw Violation.Of($"a hello of {bytes.Length} bytes");
        var capabilities = (Capabilities)BinaryPrimitives.ReadUInt32BigEndian(bytes);
        bytes = bytes[4..];
        var name = ReadText(ref bytes, "name");
        if (name.Length > 0 && !NodeName.IsValid(name))
            throw Violation.Of("a hello with a name that is none");
        if (bytes.IsEmpty || bytes[0] > MaxEndpoints)
            throw Violation.Of("a hello with too many endpoints");
        var endpoints = new string[bytes[0]];
        bytes = bytes[1..];
        for (var i = 0; i < endpoints.Length; i++)
            endpoints[i] = ReadText(ref bytes, "endpoint");
        // What comes next is this, or something later that only a later version knows.
        var process = bytes.Length > LocalProcess.MarkSize && bytes[0] == LocalProcess.MarkSize ? bytes.Slice(1, LocalProcess.MarkSize).ToArray() : default;
        return new Hello(name.Length > 0 ? name : null, capabilities, endpoints) { Process = process };
    }

    private static int WriteText(Span<byte> destination, string text)
    {
        destination[0] = (byte)Encoding.UTF8.GetBytes(text, destination[1..]);
        return 1 + destination[0];
    }

    private static string ReadText(ref ReadOnlySpan<byte> bytes, string what)
    {
        if (bytes.IsEmpty || bytes[0] > bytes.Length - 1)
            throw Violation.Of($"a hello that ends within its {what}");
        var text = Encoding.UTF8.GetString(bytes.Slice(1, bytes[0]));
        if (text.Any(char.IsControl))
            throw Violation.Of($"a hello with control characters in its {what}");
        bytes = bytes[(1 + bytes[0])..];
        return text;
    }
}
