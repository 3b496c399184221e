using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Pnet.Addressing;
using Pnet.Transports;

namespace Pnet.Services.Content;

/// <summary>One peer that a content is fetched from.</summary>
/// <param name="node">The node that it is asked through.</param>
/// <param name="peer">The peer.</param>
/// <param name="address">The content.</param>
/// <param name="time">The clock that its patience goes by.</param>
internal sealed class ContentSource(IServiceOpener node, AddressPath peer, ContentAddress address, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Chunks that a peer is asked for ahead, so that it needs no round trip for each.</summary>
    public const int Ahead = 8;

    /// <summary>How long a peer may take for anything, and for each <see cref="Piece"/> of what it sends.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // A slow link is no silent peer, and one that sends a byte now and then no slow link.
    public const int Piece = 64 * 1024;

    private TransportStream? _stream;
    private long _bytes;
    private bool _hasNot;

    /// <summary>What came of it so far.</summary>
    public ContentPeer Result => new(peer.ToString(), Interlocked.Read(ref _bytes), Error, _hasNot);

    /// <summary>Why it isn't asked any more.</summary>
    public string? Error { get; private set; }

    /// <summary>Asks for the list.</summary>
    /// <returns>The list, which is the right one; <see langword="null"/> where there is none, for the reason in <see cref="Error"/>.</returns>
    public async Task<ContentList?> GetListAsync(CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await InTimeAsync(OpenAsync, cancellationToken).ConfigureAwait(false);
            await ReadAsync(bytes.AsMemory(ContentList.HeaderSize), cancellationToken).ConfigureAwait(false);
            return ContentList.Verify(bytes, address) ?? throw Wrong();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && IsPeers(e))
        {
            Error = Explain(e);
            _hasNot = e is PnetException { Error: PnetError.NotFound };
            return null;
        }
    }

    /// <summary>Fetches chunks as long as there are any to fetch.</summary>
    public async Task RunAsync(ContentList list, ContentBoard board, SafeFileHandle file, ContentProgress? progress, CancellationToken cancellationToken)
    {
        var asked = new Queue<int>();
        var chunk = ArrayPool<byte>.Shared.Rent(ContentList.ChunkSize);
        try
        {
            while (!board.IsComplete)
            {
                var change = board.NextChange();
                await AskAsync(board, asked, cancellationToken).ConfigureAwait(false);
                if (asked.Count == 0)
                {
                    await change.WaitAsync(cancellationToken).ConfigureAwait(false);
                    continue;
                }
                int index = asked.Peek();
                var bytes = chunk.AsMemory(0, list.SizeOfChunk(index));
                await ReadAsync(bytes, cancellationToken).ConfigureAwait(false);
                if (!list.Matches(index, bytes.Span))
                    throw new PnetException(PnetError.Protocol, $"it sent a wrong chunk {index}");
                if (board.Wants(index))
                {
                    // Two may have had it asked of them, and write the same; it counts for the first.
                    RandomAccess.Write(file, bytes.Span, (long)index * ContentList.ChunkSize);
                    // Before the board says that all is there, and the result is read.
                    Interlocked.Add(ref _bytes, bytes.Length);
                    if (board.Complete(index))
                        progress?.Fetched(bytes.Length);
                    else
                        Interlocked.Add(ref _bytes, -bytes.Length);
                }
                asked.Dequeue();
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && IsPeers(e))
        {
            Error = Explain(e);
        }
        finally
        {
            foreach (int index in asked)
                board.Return(index);
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream?.DisposeAsync() ?? default;

    // A disk that is full is no fault of a peer's.
    private static bool IsPeers(Exception exception) => exception is PnetException or EndOfStreamException or TimeoutException;

    private string Explain(Exception exception) => $"{peer}: {(exception is EndOfStreamException ? "it ended before it had sent all" : exception.Message)}";

    // Asks, and makes room for the list, of which it reads the beginning.
    private async Task<byte[]> OpenAsync(CancellationToken cancellationToken)
    {
        _stream = new TransportStream(await node.OpenAsync(peer.WithService(peer.Service ?? ContentService.ServiceName), cancellationToken).ConfigureAwait(false));
        await _stream.WriteAsync(address.ToBytes(), cancellationToken).ConfigureAwait(false);
        var bytes = new byte[ContentList.HeaderSize];
        await _stream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        long length = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(sizeof(long)));
        if (length is < 0 or > ContentList.MaxLength)
            throw Wrong();
        Array.Resize(ref bytes, ContentList.SizeOf(length));
        return bytes;
    }

    private async Task ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        for (; !buffer.IsEmpty; buffer = buffer[Math.Min(Piece, buffer.Length)..])
        {
            var piece = buffer[..Math.Min(Piece, buffer.Length)];
            await InTimeAsync(async token =>
            {
                await _stream!.ReadExactlyAsync(piece, token).ConfigureAwait(false);
                return true;
            }, cancellationToken).ConfigureAwait(false);
        }
    }

    private PnetException Wrong() => new(PnetError.Protocol, $"it sent a list that is not that of {address}");

    private async Task AskAsync(ContentBoard board, Queue<int> asked, CancellationToken cancellationToken)
    {
        while (asked.Count < Ahead && board.TryTake(asked, out int index))
        {
            asked.Enqueue(index);
            var number = new byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(number, (uint)index);
            await _stream!.WriteAsync(number, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await work(bound.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"it sent next to nothing for {Patience.TotalSeconds:0} s");
        }
    }
}
