using System.Buffers.Binary;

namespace Pnet.Frames;

/// <summary>The seven bytes before every payload.</summary>
/// <param name="Operation">What the frame asks for.</param>
/// <param name="Number">What stands for an address on this link; 0 for the link itself.</param>
/// <param name="Length">Bytes of payload that follow.</param>
public readonly record struct FrameHeader(Operation Operation, uint Number, int Length)
{
    /// <summary>Writes the header to the first <see cref="Wire.FrameHeaderSize"/> bytes of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        destination[0] = (byte)Operation;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], Number);
        BinaryPrimitives.WriteUInt16BigEndian(destination[5..], (ushort)Length);
    }

    /// <summary>Reads a header from at least <see cref="Wire.FrameHeaderSize"/> bytes; the operation is not checked.</summary>
    public static FrameHeader Read(ReadOnlySpan<byte> source) => new(
        (Operation)source[0],
        BinaryPrimitives.ReadUInt32BigEndian(source[1..]),
        BinaryPrimitives.ReadUInt16BigEndian(source[5..]));
}
