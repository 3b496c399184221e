using System.Buffers;
using System.Collections;
using Pnet.Transports;
using PnetPS.Calls;

namespace PnetPS.Blocks;

/// <summary>
/// What comes from a transport, as the objects a script block gets: UTF-8 lines without their ends, or arrays of bytes.
/// Nothing is read before the block asks for it, so a slow block holds the other end back.
/// </summary>
/// <remarks>Used by the thread that runs the block, which has nothing else to do while it waits.</remarks>
internal sealed class BlockInput(ITransport transport, BlockForm form, CancellationToken closed) : IEnumerable
{
    private const int BufferSize = 16 * 1024;

    private int _taken;

    /// <inheritdoc/>
    public IEnumerator GetEnumerator()
    {
        // A transport is read once; whoever asks again gets what is left, which is nothing.
        if (Interlocked.Exchange(ref _taken, 1) != 0)
            return Array.Empty<object>().GetEnumerator();
        return Items().GetEnumerator();
    }

    private IEnumerable<object> Items()
    {
        IDecoder decoder = form == BlockForm.Bytes ? new ChunkDecoder() : new LineDecoder();
        var items = new List<object>();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int count;
            do
            {
                count = Read(buffer);
                if (count > 0)
                    decoder.Add(buffer.AsSpan(0, count), items);
                else
                    decoder.Finish(items);
                foreach (var item in items)
                    yield return item;
                items.Clear();
            }
            while (count > 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>The number of bytes; 0 at the end, which a cut comes to as well.</returns>
    private int Read(byte[] buffer)
    {
        try
        {
            return transport.ReadAsync(buffer.AsMemory(0, BufferSize), closed).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }
}
