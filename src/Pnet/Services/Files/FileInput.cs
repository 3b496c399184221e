using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Pnet.Channels;
using Pnet.Transports;

namespace Pnet.Services.Files;

/// <summary>Reads messages: a kind (1), the length of what follows (4, big endian), and that. Data are read where they lie.</summary>
internal sealed class FileInput
{
    /// <summary>The length of what is before each message.</summary>
    public const int HeaderSize = 5;

    /// <summary>The longest message that isn't data. It fits the credit of a new channel, header included.</summary>
    public const int MaxMessage = 16 * 1024;

    /// <summary>The most data in one message.</summary>
    public const int MaxData = 1024 * 1024;

    private readonly PipeReader _reader;
    private readonly byte[] _header = new byte[HeaderSize];
    private readonly byte[] _message = new byte[MaxMessage];

    public FileInput(ITransport transport) =>
        _reader = transport is IBufferedTransport buffered ? buffered.Input : PipeReader.Create(new TransportStream(transport), new StreamPipeReaderOptions(leaveOpen: true));

    /// <summary>Called before waiting for more: the time to send what waits here.</summary>
    public Func<CancellationToken, ValueTask>? BeforeWait { get; set; }

    /// <summary>Begins to count what the other end makes this one hold, where this is a service.</summary>
    public Func<Holding>? Hold { get; init; }

    /// <summary>Reads a message. Of data it reads the length only: <see cref="ReadDataAsync"/> comes next.</summary>
    /// <returns>The kind and what follows, valid until the next call; <see langword="null"/> at the end.</returns>
    /// <exception cref="PnetException">It has another form.</exception>
    public async ValueTask<(FileMessage Kind, int Length, ReadOnlyMemory<byte> Payload)?> ReadAsync(CancellationToken cancellationToken)
    {
        var result = await FillAsync(HeaderSize, cancellationToken).ConfigureAwait(false);
        if (result.Buffer.IsEmpty)
            return null;
        result.Buffer.Slice(0, HeaderSize).CopyTo(_header);
        _reader.AdvanceTo(result.Buffer.GetPosition(HeaderSize));
        var kind = (FileMessage)_header[0];
        uint length = BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(1));
        if (length > (kind == FileMessage.Data ? MaxData : MaxMessage))
            throw FieldReader.Broken($"a message of {length} bytes");
        if (kind == FileMessage.Data || length == 0)
            return (kind, (int)length, default);
        result = await FillAsync((int)length, cancellationToken).ConfigureAwait(false);
        if (result.Buffer.IsEmpty)
            throw Cut();
        var payload = result.Buffer.Slice(0, (int)length);
        payload.CopyTo(_message);
        _reader.AdvanceTo(payload.End);
        return (kind, (int)length, _message.AsMemory(0, (int)length));
    }

    /// <summary>Reads all of a message of data, piece by piece as it comes.</summary>
    public async ValueTask ReadDataAsync(int length, Action<ReadOnlySequence<byte>> take, CancellationToken cancellationToken)
    {
        while (length > 0)
        {
            var result = await FillAsync(1, cancellationToken).ConfigureAwait(false);
            if (result.Buffer.IsEmpty)
                throw Cut();
            var piece = result.Buffer.Slice(0, Math.Min(length, result.Buffer.Length));
            take(piece);
            length -= (int)piece.Length;
            _reader.AdvanceTo(piece.End);
        }
    }

    private static PnetException Cut() => FieldReader.Broken("the end in the middle of a message");

    /// <summary>Waits until so many bytes are there; none at the end.</summary>
    private async ValueTask<ReadResult> FillAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!_reader.TryRead(out var result))
            {
                if (BeforeWait is { } before)
                    await before(cancellationToken).ConfigureAwait(false);
                var reading = _reader.ReadAsync(cancellationToken);
                if (reading.IsCompleted)
                {
                    result = await reading.ConfigureAwait(false);
                }
                else
                {
                    result = await reading.ConfigureAwait(false);
                    // What follows may wait for a disk: not on the thread that polls.
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                }
            }
            if (result.Buffer.Length >= count)
                return result;
            if (result.IsCompleted)
                return result.Buffer.IsEmpty ? result : throw Cut();
            _reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
