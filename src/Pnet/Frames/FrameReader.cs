namespace Pnet.Frames;

/// <summary>Walks the frames of one record in place.</summary>
public ref struct FrameReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts at the first frame of a record's plaintext.</summary>
    public FrameReader(ReadOnlySpan<byte> plaintext)
    {
        _rest = plaintext;
        Header = default;
        Payload = default;
    }

    /// <summary>The frame that <see cref="MoveNext"/> has read.</summary>
    public FrameHeader Header { get; private set; }

    /// <summary>Its payload, within the record.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>Reads the next frame.</summary>
    /// <returns><see langword="false"/> at the end of the record.</returns>
    /// <exception cref="PnetException">A frame runs past the end of the record, or its operation is unknown.</exception>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
            return false;
        if (_rest.Length < Wire.FrameHeaderSize)
            throw Violation.Of($"a record ends with {_rest.Length} bytes, too few for a frame");
        Header = FrameHeader.Read(_rest);
        if (Header.Operation is < Operation.Bind or > Operation.Clear)
            throw Violation.Of($"unknown operation {(byte)Header.Operation}");
        if (Header.Length > _rest.Length - Wire.FrameHeaderSize)
            throw Violation.Of($"a frame of {Header.Length} bytes runs past the end of its record");
        Payload = _rest.Slice(Wire.FrameHeaderSize, Header.Length);
        _rest = _rest[(Wire.FrameHeaderSize + Header.Length)..];
        return true;
    }
}
