using System.Buffers.Binary;
using System.Text;

namespace Pnet.Services.Files;

/// <summary>Writes the fields of a message into a buffer that is large enough; see <see cref="FieldReader"/>.</summary>
internal ref struct FieldWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    public void Byte(byte value) => _buffer[Length++] = value;

    public void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[Length..], value);
        Length += sizeof(ushort);
    }

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[Length..], value);
        Length += sizeof(uint);
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_buffer[Length..], value);
        Length += sizeof(long);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_buffer[Length..]);
        Length += value.Length;
    }

    /// <summary>Writes a text; what goes over <see cref="FilePath.MaxLength"/> bytes is cut.</summary>
    public void Text(string value)
    {
        Encoding.UTF8.GetEncoder().Convert(value, _buffer.Slice(Length + sizeof(ushort), FilePath.MaxLength), flush: true, out _, out int used, out _);
        UInt16((ushort)used);
        Length += used;
    }
}
