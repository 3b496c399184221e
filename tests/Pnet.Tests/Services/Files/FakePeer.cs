using Pnet.Addressing;
using Pnet.Services.Content;
using Pnet.Transports;

namespace Pnet.Tests.Services.Files;

/// <summary>A peer that has a content, and sends its chunks as the test wants: late, wrong, slowly, or not all of them.</summary>
internal sealed class FakePeer(byte[] bytes)
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _spent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _list = ListOf(bytes);
    private int _pieces;

    /// <summary>Completes when it has been asked for a chunk.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Completes when it has sent one.</summary>
    public Task Sent => _sent.Task;

    /// <summary>Completes when all that is right of what it sends has been sent, and more is asked for.</summary>
    public Task Spent => _spent.Task;

    /// <summary>What it waits for before it answers at all.</summary>
    public Task Start { get; init; } = Task.CompletedTask;

    /// <summary>What it waits for after its first chunk.</summary>
    public Func<Task>? AfterFirst { get; init; }

    /// <summary>The chunks after which it sends no more, and ends.</summary>
    public int EndsAfter { get; init; } = int.MaxValue;

    /// <summary>The chunks after which it sends wrong ones.</summary>
    public int LiesAfter { get; init; } = int.MaxValue;

    /// <summary>The bytes that it sends at once, where it waits for something before each.</summary>
    public int PieceSize { get; init; } = ContentSource.Piece;

    /// <summary>What it waits for before each piece, by the piece's number.</summary>
    public Func<int, Task>? BeforePiece { get; init; }

    /// <summary>Whether it sends a few bytes at a time: a chunk a minute.</summary>
    public bool Trickles { get; init; }

    /// <summary>The list of a content.</summary>
    public static byte[] ListOf(byte[] bytes)
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, bytes);
        using var file = File.OpenHandle(path, options: FileOptions.DeleteOnClose);
        return ContentList.Of(file, path, default).Bytes.ToArray();
    }

    public async Task ServeAsync(NodeId caller, ITransport transport, CancellationToken token)
    {
        await Start.WaitAsync(token);
        await transport.ReadExactlyAsync(new byte[ContentAddress.Size], token);
        await transport.WriteAsync(_list, token);
        var number = new byte[sizeof(uint)];
        for (int i = 0; ; i++)
        {
            await transport.ReadExactlyAsync(number, token);
            _asked.TrySetResult();
            if (i >= Math.Min(EndsAfter, LiesAfter))
                _spent.TrySetResult();
            if (i >= EndsAfter)
            {
                await transport.EndAsync(cancellationToken: token);
                await transport.ReadExactlyAsync(new byte[1024], token);
            }
            int start = ((number[2] << 8) | number[3]) * ContentList.ChunkSize;
            var chunk = bytes[start..Math.Min(start + ContentList.ChunkSize, bytes.Length)];
            if (i >= LiesAfter)
                chunk[^1] ^= 1;
            await (Trickles ? TrickleAsync(transport, chunk, token) : BeforePiece is { } before ? SendAsync(transport, chunk, before, token) : transport.WriteAsync(chunk, token).AsTask());
            _sent.TrySetResult();
            if (i == 0 && AfterFirst is { } after)
                await after().WaitAsync(token);
        }
    }

    private async Task SendAsync(ITransport transport, byte[] chunk, Func<int, Task> before, CancellationToken token)
    {
        for (int at = 0; at < chunk.Length; at += PieceSize)
        {
            await before(_pieces++).WaitAsync(token);
            await transport.WriteAsync(chunk.AsMemory(at, Math.Min(PieceSize, chunk.Length - at)), token);
        }
    }

    private static async Task TrickleAsync(ITransport transport, byte[] chunk, CancellationToken token)
    {
        const int Piece = 1024;
        for (int at = 0; at < chunk.Length; at += Piece)
        {
            await transport.WriteAsync(chunk.AsMemory(at, Math.Min(Piece, chunk.Length - at)), token);
            await Task.Delay(60, token);
        }
    }
}
