using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Pnet.Services.Content;

/// <summary>
/// What content consists of: its length and the SHA-256 of each of its chunks. The SHA-256 of this list is the content's address, so
/// that a list that hashes to the address is the right one, and a chunk that hashes to its entry the right one.
/// </summary>
internal sealed class ContentList
{
    /// <summary>The length of every chunk but the last, in bytes.</summary>
    public const int ChunkSize = 1024 * 1024;

    /// <summary>The longest content, in bytes: 1 TiB. Its list has 32 MiB.</summary>
    public const long MaxLength = 1L << 40;

    /// <summary>The length of what is before the hashes.</summary>
    public const int HeaderSize = 16;

    // Nothing else that has a SHA-256 begins like this.
    private static ReadOnlySpan<byte> Magic => "pnetcas\u0001"u8;

    private readonly byte[] _bytes;

    private ContentList(byte[] bytes)
    {
        _bytes = bytes;
        Length = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(Magic.Length));
        Address = new ContentAddress(SHA256.HashData(bytes));
    }

    /// <summary>The content's address.</summary>
    public ContentAddress Address { get; }

    /// <summary>The content's length in bytes.</summary>
    public long Length { get; }

    /// <summary>How many chunks it has.</summary>
    public int Count => (int)((Length + ChunkSize - 1) / ChunkSize);

    /// <summary>The list as it crosses the wire.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>How long the list of a content is.</summary>
    public static int SizeOf(long length) => HeaderSize + ((int)((length + ChunkSize - 1) / ChunkSize) * ContentAddress.Size);

    /// <summary>Makes the list of a file by reading all of it.</summary>
    /// <exception cref="PnetException">It is too long, or was changed meanwhile.</exception>
    public static ContentList Of(SafeFileHandle file, string path, CancellationToken cancellationToken)
    {
        long length = RandomAccess.GetLength(file);
        if (length > MaxLength)
            throw new PnetException(PnetError.LimitReached, $"{path} has {length} bytes", $"Publish at most {MaxLength} bytes.");
        var bytes = new byte[SizeOf(length)];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(Magic.Length), length);
        var chunk = new byte[ChunkSize];
        for (int i = 0; (long)i * ChunkSize < length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int size = (int)Math.Min(ChunkSize, length - ((long)i * ChunkSize));
            if (!TryRead(file, (long)i * ChunkSize, chunk.AsSpan(0, size)))
                throw new PnetException(PnetError.Failed, $"{path} was changed while it was read", "Publish it when nothing writes to it.");
            SHA256.HashData(chunk.AsSpan(0, size), bytes.AsSpan(HeaderSize + (i * ContentAddress.Size)));
        }
        return new ContentList(bytes);
    }

    /// <summary>Takes a list that somebody sent.</summary>
    /// <returns>The list; <see langword="null"/> where it isn't that of the address.</returns>
    public static ContentList? Verify(byte[] bytes, ContentAddress address)
    {
        if (bytes.Length < HeaderSize || !bytes.AsSpan().StartsWith(Magic))
            return null;
        long length = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(Magic.Length));
        if (length is < 0 or > MaxLength || bytes.Length != SizeOf(length))
            return null;
        var list = new ContentList(bytes);
        return list.Address == address ? list : null;
    }

    /// <summary>How long a chunk is.</summary>
    public int SizeOfChunk(int index) => (int)Math.Min(ChunkSize, Length - ((long)index * ChunkSize));

    /// <summary>Whether bytes are those of a chunk.</summary>
    public bool Matches(int index, ReadOnlySpan<byte> chunk)
    {
        Span<byte> hash = stackalloc byte[ContentAddress.Size];
        SHA256.HashData(chunk, hash);
        return chunk.Length == SizeOfChunk(index) && hash.SequenceEqual(_bytes.AsSpan(HeaderSize + (index * ContentAddress.Size), ContentAddress.Size));
    }

    /// <summary>Fills a buffer from a file.</summary>
    /// <returns>Whether so much was there.</returns>
    public static bool TryRead(SafeFileHandle file, long position, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int read = RandomAccess.Read(file, buffer, position);
            if (read == 0)
                return false;
            position += read;
            buffer = buffer[read..];
        }
        return true;
    }
}
