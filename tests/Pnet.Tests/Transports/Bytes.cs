using System.Security.Cryptography;
using Pnet.Transports;

namespace Pnet.Tests.Transports;

/// <summary>Sends and receives what a seed says, so that each end can tell what should have come.</summary>
internal static class Bytes
{
    /// <summary>A bound for what should take a moment.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    public static byte[] Random(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Writes <paramref name="total"/> bytes, the block over and over, then ends the direction.</summary>
    public static async Task<byte[]> SendAsync(ITransport to, byte[] block, long total)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        for (long left = total; left > 0; left -= block.Length)
        {
            ReadOnlyMemory<byte> piece = block.AsMemory(0, (int)Math.Min(block.Length, left));
            hash.AppendData(piece.Span);
            await to.WriteAsync(piece);
        }

        await to.EndAsync();
        return hash.GetHashAndReset();
    }

    /// <summary>Reads to the end.</summary>
    public static async Task<(long Total, byte[] Hash)> ReceiveAsync(ITransport from, int bufferSize = 64 * 1024)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        byte[] buffer = new byte[bufferSize];
        long total = 0;
        for (int count; (count = await from.ReadAsync(buffer)) > 0; total += count)
            hash.AppendData(buffer, 0, count);
        return (total, hash.GetHashAndReset());
    }

    /// <summary>Reads to the end, as text.</summary>
    public static async Task<string> ReadTextAsync(ITransport from)
    {
        using var text = new MemoryStream();
        byte[] buffer = new byte[4096];
        for (int count; (count = await from.ReadAsync(buffer).AsTask().WaitAsync(Soon)) > 0;)
            text.Write(buffer, 0, count);
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    /// <summary>Reads exactly so many bytes.</summary>
    public static async Task<byte[]> ReadExactlyAsync(ITransport from, int length)
    {
        byte[] bytes = new byte[length];
        for (int done = 0; done < length;)
        {
            int count = await from.ReadAsync(bytes.AsMemory(done)).AsTask().WaitAsync(Soon);
            if (count == 0)
                throw new EndOfStreamException($"after {done} bytes");
            done += count;
        }

        return bytes;
    }
}
