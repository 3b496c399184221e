using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Pnet.Channels;
using Pnet.Services.Files;
using Pnet.Transports;

namespace Pnet.Services.Content;

/// <summary>
/// Serves what a node publishes (docs/protocol.md, "Content"). A channel is for one content: the asker says its address and gets the list,
/// then says numbers of chunks and gets them in that order.
/// </summary>
internal sealed class ContentService(ContentStore store)
{
    /// <summary>The name of the service.</summary>
    public const string ServiceName = "content";

    /// <summary>The bytes that are read and sent at a time.</summary>
    private const int PieceSize = 128 * 1024;

    /// <summary>Serves one channel until the asker ends it.</summary>
    public async Task ServeAsync(Channel channel, CancellationToken cancellationToken)
    {
        channel.Accept();
        // What follows reads a disk: not on the thread that polls.
        var stream = new TransportStream(channel);
        var request = new byte[ContentAddress.Size];
        await stream.ReadExactlyAsync(request, cancellationToken).ConfigureAwait(false);
        var address = new ContentAddress(request);
        if (store.Find(address) is not { } content || content.TryOpen() is not { } file)
            throw new PnetException(PnetError.NotFound, "that is not published here");
        using (file)
        using (var held = channel.Hold())
        {
            held.Set(PieceSize);
            await stream.WriteAsync(content.List.Bytes, cancellationToken).ConfigureAwait(false);
            await SendChunksAsync(stream, content, file, cancellationToken).ConfigureAwait(false);
        }
        await channel.EndAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private static async Task SendChunksAsync(TransportStream stream, ContentStore.Published content, SafeFileHandle file, CancellationToken cancellationToken)
    {
        var piece = ArrayPool<byte>.Shared.Rent(PieceSize);
        var number = new byte[sizeof(uint)];
        try
        {
            while (await stream.ReadAtLeastAsync(number, number.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                uint index = BinaryPrimitives.ReadUInt32BigEndian(number);
                if (read < number.Length || index >= content.List.Count)
                    throw FieldReader.Broken("a chunk that is not in the list");
                long start = (long)index * ContentList.ChunkSize;
                int size = content.List.SizeOfChunk((int)index);
                for (int at = 0; at < size; at += PieceSize)
                {
                    var bytes = piece.AsMemory(0, Math.Min(PieceSize, size - at));
                    // A file that was changed would not be believed anyway.
                    if (!ContentList.TryRead(file, start + at, bytes.Span))
                        throw new PnetException(PnetError.NotFound, "the file was changed since it was published");
                    await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
                    content.Sent(bytes.Length);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
