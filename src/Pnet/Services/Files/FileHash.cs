using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Pnet.Services.Files;

/// <summary>SHA-256 of the beginning of a file.</summary>
internal static class FileHash
{
    public const int Size = SHA256.HashSizeInBytes;

    private const int BlockSize = 128 * 1024;

    /// <summary>Hashes so many bytes from the start on.</summary>
    /// <returns>The hash; <see langword="null"/> where the file is shorter.</returns>
    public static byte[]? Compute(SafeFileHandle file, long length, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            for (long position = 0; position < length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int read = RandomAccess.Read(file, block.AsSpan(0, (int)Math.Min(BlockSize, length - position)), position);
                if (read == 0)
                    return null;
                hash.AppendData(block, 0, read);
                position += read;
            }
            return hash.GetHashAndReset();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
