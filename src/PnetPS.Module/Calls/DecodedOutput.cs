using System.Buffers;

namespace PnetPS.Calls;

/// <summary>Makes objects of what a service sends, and has each taken before more is read.</summary>
/// <param name="decoder">Makes objects of bytes.</param>
/// <param name="take">Takes these objects and completes when it can take more.</param>
internal sealed class DecodedOutput(IDecoder decoder, Func<IReadOnlyList<object>, Task> take)
{
    private const int BufferSize = 32 * 1024;

    /// <summary>Reads a stream to its end.</summary>
    /// <returns>How many bytes it had.</returns>
    public async Task<long> ReadAsync(Stream output, CancellationToken cancellationToken)
    {
        var items = new List<object>();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long length = 0;
            int count;
            do
            {
                count = await output.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                length += count;
                if (count > 0)
                    decoder.Add(buffer.AsSpan(0, count), items);
                else
                    decoder.Finish(items);
                if (items.Count > 0)
                    await take(items).WaitAsync(cancellationToken).ConfigureAwait(false);
                items.Clear();
            }
            while (count > 0);
            return length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
