using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Pnet.Crypto;
using Pnet.Frames;
using Pnet.Transports;

namespace Pnet.Links;

/// <summary>
/// The sending half of a link: frames are laid out in a buffer as records while the previous buffer is on its way;
/// then the whole buffer is sealed in place and leaves in one write.
/// </summary>
/// <remarks>
/// Frames with data wait for room; the few small ones that keep a link going (credit, reset …) do not, and whoever makes
/// them looks at <see cref="Backlogged"/> before reading on, so that a peer that sends and never reads can't fill memory.
/// </remarks>
internal sealed class RecordWriter(ITransport transport, CipherState cipher)
{
    /// <summary>Data waits when this much is laid out, on a link fast enough for it.</summary>
    private const int MaxBatch = 240 * 1024;

    private const int MinBatch = 4 * 1024;

    /// <summary>The reader pauses when this much beyond data is laid out.</summary>
    private const int MaxBacklog = 16 * 1024;

    // A batch is what the other end must take before anything newer reaches it: on a slow line a large one would
    // make every answer late.
    private static readonly TimeSpan SlowWrite = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FastWrite = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly Queue<SendTurn> _waiting = new();
    private readonly AsyncSignal _wake = new();
    private readonly AsyncSignal _drained = new();
    private byte[]? _buffer;
    private int _end;
    private int _record = -1;
    private int _records;
    private int _tagSize = Wire.TagSize;

    // The records in the buffer up to here are to be sealed.
    private int _sealedEnd = int.MaxValue;
    private int _lastBatch;
    private bool _readerWaits;
    private bool _closing;
    private volatile int _batchLimit = MaxBatch;

    /// <summary>Bytes given to the transport.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Whether records are in the clear by now.</summary>
    public bool IsClear => Volatile.Read(ref _tagSize) == 0;

    /// <summary>The largest payload to put in one frame: less than <see cref="Wire.MaxPayload"/> on a slow line.</summary>
    public int PayloadLimit => Math.Min(Wire.MaxPayload, _batchLimit - 64);

    /// <summary>Whether more small frames are laid out than should be.</summary>
    public bool Backlogged => Volatile.Read(ref _end) > MaxBatch + MaxBacklog;

    /// <summary>
    /// Lays out a frame with data. Where there is no room, or others wait for it, <paramref name="turn"/> is queued:
    /// its signal is set when its turn has come.
    /// </summary>
    /// <returns>Whether it was laid out; <see cref="Flush"/> sends it.</returns>
    public bool TryAppendData(FrameHeader header, ReadOnlySpan<byte> payload, SendTurn turn)
    {
        lock (_lock)
        {
            if ((turn.Granted || _waiting.Count == 0) && TryAppend(header, payload, _batchLimit))
            {
                turn.Granted = false;
                return true;
            }
            if (!turn.Queued)
            {
                turn.Queued = true;
                _waiting.Enqueue(turn);
            }
            return false;
        }
    }

    /// <summary>Lays out a small frame at once; <see cref="Flush"/> sends it.</summary>
    public void AppendControl(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        lock (_lock)
            TryAppend(header, payload, int.MaxValue);
    }

    /// <summary>Lays out a frame that tells that what is laid out after its record is sent in the clear.</summary>
    public void AppendClear()
    {
        lock (_lock)
        {
            TryAppend(new FrameHeader(Operation.Clear, 0, 0), [], int.MaxValue);
            CloseRecord();
            (_tagSize, _sealedEnd) = (0, _end);
        }
    }

    /// <summary>Sends what is laid out, on this thread where no other is sending.</summary>
    public void Flush() => _wake.Set();

    /// <summary>Waits until the backlog is gone. For the reader loop alone.</summary>
    public ValueTask WaitForBacklogAsync()
    {
        lock (_lock)
        {
            if (!Backlogged)
                return default;
            _readerWaits = true;
        }
        return _drained.WaitAsync();
    }

    /// <summary>Lets <see cref="RunAsync"/> end once all that is laid out has been sent.</summary>
    public void Close()
    {
        lock (_lock)
            _closing = true;
        _wake.Set();
    }

    /// <summary>The writer loop.</summary>
    /// <exception cref="IOException">The transport failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _wake.WaitAsync().ConfigureAwait(false);
            while (Take(out var buffer, out var length, out var sealedLength))
            {
                Seal(buffer.AsSpan(0, sealedLength));
                var started = Stopwatch.GetTimestamp();
                var write = transport.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
                GiveTurns();
                await write.ConfigureAwait(false);
                ArrayPool<byte>.Shared.Return(buffer);
                BytesSent += length;
                AdaptBatch(Stopwatch.GetElapsedTime(started), length);
            }
            cancellationToken.ThrowIfCancellationRequested();
            if (_closing)
                return;
        }
    }

    private bool TryAppend(FrameHeader header, ReadOnlySpan<byte> payload, int limit)
    {
        var need = Wire.FrameHeaderSize + payload.Length;
        var opens = _record < 0 || _end - _record - Wire.RecordHeaderSize + need > Wire.MaxRecordPlaintext;
        var after = _end + need + _tagSize + (opens ? Wire.RecordHeaderSize + _tagSize : 0);
        if (after > limit && _end > 0)
            return false;
        Reserve(after);
        if (opens)
        {
            CloseRecord();
            _record = _end;
            _end += Wire.RecordHeaderSize;
        }
        header.Write(_buffer.AsSpan(_end));
        payload.CopyTo(_buffer.AsSpan(_end + Wire.FrameHeaderSize));
        _end += need;
        return true;
    }

    private void Reserve(int size)
    {
        if (_buffer is not null && _buffer.Length >= size)
            return;
        // As large as the last batch was, so that one like it needs no second buffer.
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(size, _lastBatch));
        if (_buffer is not null)
        {
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
        }
        _buffer = larger;
    }

    private void CloseRecord()
    {
        if (_record < 0)
            return;
        _end += _tagSize;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(_record), (ushort)(_end - _record - Wire.RecordHeaderSize));
        _record = -1;
    }

    private bool Take(out byte[] buffer, out int length, out int sealedLength)
    {
        lock (_lock)
        {
            if (_buffer is null)
            {
                (buffer, length, sealedLength) = ([], 0, 0);
                return false;
            }
            CloseRecord();
            (buffer, length, sealedLength) = (_buffer, _end, Math.Min(_end, _sealedEnd));
            (_buffer, _end, _lastBatch) = (null, 0, _end);
            if (_tagSize == 0)
                _sealedEnd = 0;
            return true;
        }
    }

    private void Seal(Span<byte> batch)
    {
        while (!batch.IsEmpty)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(batch);
            var record = batch.Slice(Wire.RecordHeaderSize, length);
            cipher.Encrypt([], record[..^Wire.TagSize], record);
            if (++_records % Wire.RecordsPerKey == 0)
                cipher.Rekey();
            batch = batch[(Wire.RecordHeaderSize + length)..];
        }
    }

    // One frame a turn: a channel with much to send queues again behind those that have waited.
    private void GiveTurns()
    {
        bool reader;
        lock (_lock)
            (reader, _readerWaits) = (_readerWaits, false);
        if (reader)
            _drained.Set();
        // One round: who had its turn and still finds no room has to wait for the next batch. Only while nothing is laid
        // out is there another one, because then no batch would come to wait for.
        for (var left = RoundLength(); left > 0; left = left > 1 ? left - 1 : RoundLength(onlyWhenEmpty: true))
        {
            if (!TryNextTurn(out var turn))
                return;
            turn.Signal.Set();
        }
    }

    private int RoundLength(bool onlyWhenEmpty = false)
    {
        lock (_lock)
            return onlyWhenEmpty && _buffer is not null ? 0 : _waiting.Count;
    }

    private bool TryNextTurn([NotNullWhen(true)] out SendTurn? turn)
    {
        lock (_lock)
        {
            turn = null;
            if (_end >= _batchLimit || !_waiting.TryDequeue(out turn))
                return false;
            turn.Queued = false;
            turn.Granted = true;
            return true;
        }
    }

    private void AdaptBatch(TimeSpan elapsed, int length)
    {
        if (elapsed > SlowWrite && length > MinBatch)
            _batchLimit = Math.Max(MinBatch, _batchLimit / 2);
        else if (elapsed < FastWrite && _batchLimit < MaxBatch)
            _batchLimit = Math.Min(MaxBatch, _batchLimit * 2);
    }
}
