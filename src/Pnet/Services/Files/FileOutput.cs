using System.Buffers;
using System.Buffers.Binary;
using Pnet.Transports;

namespace Pnet.Services.Files;

/// <summary>Writes messages. Small ones and data share buffers: one is filled while the other is being sent.</summary>
/// <param name="transport">Where to; it stays its owner's.</param>
/// <param name="size">The length of each of the two buffers.</param>
internal sealed class FileOutput(ITransport transport, int size = FileOutput.SizeForData) : IDisposable
{
    /// <summary>The length of a buffer for data.</summary>
    public const int SizeForData = 256 * 1024;

    /// <summary>The length of one for messages without data.</summary>
    public const int SizeForMessages = 32 * 1024;

    private byte[] _filling = ArrayPool<byte>.Shared.Rent(size);
    private byte[] _sending = ArrayPool<byte>.Shared.Rent(size);
    private Task _send = Task.CompletedTask;
    private int _filled;

    /// <summary>Writes the fields of a message.</summary>
    public delegate void Fill<T>(ref FieldWriter fields, T value);

    /// <summary>Queues a message of at most two texts.</summary>
    public async ValueTask WriteAsync<T>(FileMessage kind, T value, Fill<T> fill, CancellationToken cancellationToken)
    {
        const int Largest = (2 * FilePath.MaxLength) + 64;
        if (size - _filled < Largest)
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        Lay(kind, value, fill);
    }

    /// <summary>Lends room for the data of a message; what was put there is sent with <see cref="CommitData"/>.</summary>
    public async ValueTask<Memory<byte>> GetDataAsync(CancellationToken cancellationToken)
    {
        const int Smallest = 32 * 1024;
        if (size - _filled < Smallest)
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        return _filling.AsMemory(_filled + FileInput.HeaderSize, size - _filled - FileInput.HeaderSize);
    }

    /// <summary>Queues the data that were put where <see cref="GetDataAsync"/> said.</summary>
    public void CommitData(int length) => Close(FileMessage.Data, length);

    /// <summary>Sends what is queued; it may be on its way still on return.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_filled == 0)
            return;
        await FinishAsync().ConfigureAwait(false);
        (_filling, _sending) = (_sending, _filling);
        _send = transport.WriteAsync(_sending.AsMemory(0, _filled), cancellationToken).AsTask();
        _filled = 0;
    }

    /// <summary>Sends what is queued, and then the end.</summary>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        await FinishAsync().ConfigureAwait(false);
        await transport.EndAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives the buffers back, unless one may still be read from.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_filling);
        if (_send.IsCompleted)
            ArrayPool<byte>.Shared.Return(_sending);
        _ = _send.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    private void Lay<T>(FileMessage kind, T value, Fill<T> fill)
    {
        var fields = new FieldWriter(_filling.AsSpan(_filled + FileInput.HeaderSize));
        fill(ref fields, value);
        Close(kind, fields.Length);
    }

    private void Close(FileMessage kind, int length)
    {
        _filling[_filled] = (byte)kind;
        BinaryPrimitives.WriteUInt32BigEndian(_filling.AsSpan(_filled + 1), (uint)length);
        _filled += FileInput.HeaderSize + length;
    }

    private async ValueTask FinishAsync()
    {
        if (_send.IsCompletedSuccessfully)
            return;
        await _send.ConfigureAwait(false);
        // What follows may wait for a disk: not on the thread that polls.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
    }
}
