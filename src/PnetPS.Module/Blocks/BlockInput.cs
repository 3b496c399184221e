using System.Buffers;
using System.Collections;
using System.Text;
using Pnet.Transports;

namespace PnetPS.Blocks;

/// <summary>
/// What comes from a transport, as the objects a script block gets: UTF-8 lines without their ends, or arrays of bytes.
/// Nothing is read before the block asks for it, so a slow block holds the other end back.
/// </summary>
/// <remarks>Used by the thread that runs the block, which has nothing else to do while it waits.</remarks>
internal sealed class BlockInput(ITransport transport, BlockForm form, CancellationToken closed) : IEnumerable
{
    /// <summary>The characters after which a line without an end is handed on in parts.</summary>
    public const int MaxLine = 1 << 20;

    private const int BufferSize = 16 * 1024;

    private int _taken;

    /// <inheritdoc/>
    public IEnumerator GetEnumerator()
    {
        // A transport is read once; whoever asks again gets what is left, which is nothing.
        if (Interlocked.Exchange(ref _taken, 1) != 0)
            return Array.Empty<object>().GetEnumerator();
        return form == BlockForm.Bytes ? Chunks().GetEnumerator() : Lines().GetEnumerator();
    }

    private IEnumerable<byte[]> Chunks()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (var count = Read(buffer); count > 0; count = Read(buffer))
                yield return buffer.AsSpan(0, count).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private IEnumerable<string> Lines()
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var bytes = ArrayPool<byte>.Shared.Rent(BufferSize);
        var chars = ArrayPool<char>.Shared.Rent(Encoding.UTF8.GetMaxCharCount(BufferSize));
        var line = new StringBuilder();
        try
        {
            int count;
            do
            {
                count = Read(bytes);
                var length = decoder.GetChars(bytes, 0, count, chars, 0, flush: count == 0);
                var start = 0;
                for (var end = IndexOfEnd(chars, start, length); end >= 0; end = IndexOfEnd(chars, start, length))
                {
                    line.Append(chars, start, end - start);
                    yield return Take(line);
                    start = end + 1;
                }

                line.Append(chars, start, length - start);
                if (line.Length >= MaxLine)
                    yield return Take(line);
            }
            while (count > 0);

            if (line.Length > 0)
                yield return Take(line);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            ArrayPool<char>.Shared.Return(chars);
        }
    }

    private static int IndexOfEnd(char[] chars, int start, int end) => Array.IndexOf(chars, '\n', start, end - start);

    private static string Take(StringBuilder line)
    {
        if (line.Length > 0 && line[^1] == '\r')
            line.Length--;
        var text = line.ToString();
        line.Clear();
        return text;
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
