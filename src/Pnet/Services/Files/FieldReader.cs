using System.Buffers.Binary;
using System.Text;
using Pnet.Frames;

namespace Pnet.Services.Files;

/// <summary>Reads the fields of a message, big endian; a text is its length in two bytes, then UTF-8.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(sizeof(ushort)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

    public ReadOnlySpan<byte> Bytes(int count) => Take(count);

    public string Text()
    {
        var bytes = Take(UInt16());
        try
        {
            return FilePath.Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Broken("a text that is not UTF-8");
        }
    }

    /// <exception cref="PnetException">Something is left.</exception>
    public readonly void End()
    {
        if (!_rest.IsEmpty)
            throw Broken($"{_rest.Length} bytes too many in a message");
    }

    /// <summary>A breach of the rules for files.</summary>
    public static PnetException Broken(string what) => Violation.Of($"files: {what}");

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_rest.Length < count)
            throw Broken("a message that is too short");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
