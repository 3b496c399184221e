using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Pnet.Crypto;
using Pnet.Frames;
using Pnet.Transports;

namespace Pnet.Links;

/// <summary>The receiving half of a link: reads as much as there is, opens each record in place, walks its frames.</summary>
internal sealed class RecordReader(ITransport transport, CipherState cipher)
{
    private const int SmallBuffer = 4 * 1024;
    private const int LargeBuffer = 256 * 1024;

    private byte[]? _buffer;
    private int _start;
    private int _end;
    private int _records;
    private int _tagSize = Wire.TagSize;
    private bool _busy;

    /// <summary>Bytes received from the transport.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Whether a record was opened: bytes alone may be anybody's.</summary>
    public bool HasOpened { get; private set; }

    /// <summary>Whether records are in the clear by now.</summary>
    public bool IsClear => _tagSize == 0;

    /// <summary>When bytes last came, in <see cref="Environment.TickCount64"/>.</summary>
    public long LastReceived { get; private set; } = Environment.TickCount64;

    /// <summary>Reads once and hands over the frames of every whole record.</summary>
    /// <returns><see langword="false"/> when the other end has ended its direction.</returns>
    /// <exception cref="PnetException">A record can't be opened, or a frame breaks the protocol.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReadAsync(IFrameHandler handler, CancellationToken cancellationToken)
    {
        if (_buffer is null && !_busy)
        {
            // An idle link holds no buffer: a thousand of them cost little.
            await transport.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        }
        MakeRoom();
        var room = _buffer!.Length - _end;
        var read = await transport.ReadAsync(_buffer.AsMemory(_end, room), cancellationToken).ConfigureAwait(false);
        if (read == 0)
        {
            if (_end > _start)
                throw Violation.Of($"the transport ended within a record{TransportEnd.Describe(transport)}");
            Release();
            return false;
        }
        _busy = read >= SmallBuffer;
        _end += read;
        BytesReceived += read;
        LastReceived = Environment.TickCount64;
        while (TryOpenRecord(out var plaintext))
            HandOver(handler, plaintext.Span);
        if (_start == _end)
            Release();
        handler.OnBatchEnd();
        return true;
    }

    /// <summary>The records after the one whose frames are handed over just now are in the clear, and have no tag.</summary>
    public void Clear() => _tagSize = 0;

    /// <summary>Gives the buffer back; nothing may be read afterwards but a new batch.</summary>
    public void Release()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _start, _end) = (null, 0, 0);
    }

    private static void HandOver(IFrameHandler handler, ReadOnlySpan<byte> plaintext)
    {
        var frames = new FrameReader(plaintext);
        while (frames.MoveNext())
            handler.OnFrame(frames.Header, frames.Payload);
    }

    private bool TryOpenRecord(out Memory<byte> plaintext)
    {
        plaintext = default;
        if (!TryPeekLength(out var length) || _end - _start - Wire.RecordHeaderSize < length)
            return false;
        var record = _buffer.AsMemory(_start + Wire.RecordHeaderSize, length);
        plaintext = record[..^_tagSize];
        if (_tagSize > 0)
            Open(record.Span, plaintext.Span);
        _start += Wire.RecordHeaderSize + length;
        return true;
    }

    private void Open(ReadOnlySpan<byte> record, Span<byte> plaintext)
    {
        if (!cipher.TryDecrypt([], record, plaintext))
            throw Violation.Of("a record that was changed on its way, or is out of order");
        HasOpened = true;
        if (++_records % Wire.RecordsPerKey == 0)
            cipher.Rekey();
    }

    private bool TryPeekLength(out int length)
    {
        length = 0;
        if (_end - _start < Wire.RecordHeaderSize)
            return false;
        length = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_start));
        return length > _tagSize ? true : throw Violation.Of($"a record of {length} bytes");
    }

    // Room for the rest of a record that is half here; else for as much as the last read suggests.
    private void MakeRoom()
    {
        var held = _end - _start;
        var wanted = _busy ? LargeBuffer : SmallBuffer;
        if (_buffer is not null && TryPeekLength(out var length))
            wanted = Math.Max(wanted, Wire.RecordHeaderSize + length);
        if (_buffer is not null && _buffer.Length >= wanted)
        {
            if (_start > 0)
                _buffer.AsSpan(_start, held).CopyTo(_buffer);
        }
        else
        {
            var larger = ArrayPool<byte>.Shared.Rent(wanted);
            if (_buffer is not null)
            {
                _buffer.AsSpan(_start, held).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_buffer);
            }
            _buffer = larger;
        }
        (_start, _end) = (0, held);
    }
}
