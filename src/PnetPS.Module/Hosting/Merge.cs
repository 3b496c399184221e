using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace PnetPS.Hosting;

/// <summary>Makes one stream of several.</summary>
internal static class Merge
{
    // What waits for the reader; behind it wait the sources' own buffers, which tell what they lose.
    private const int Waiting = 64;

    /// <summary>Hands on what all sources yield, as it comes; ends with the last of them, or as soon as one fails.</summary>
    public static async IAsyncEnumerable<T> AllAsync<T>(
        IEnumerable<IAsyncEnumerable<T>> sources, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var items = Channel.CreateBounded<T>(Waiting);
        var reading = ReadAllAsync(sources, items.Writer, stop.Token);
        try
        {
            await foreach (var item in items.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return item;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
        }
    }

    private static async Task ReadAllAsync<T>(IEnumerable<IAsyncEnumerable<T>> sources, ChannelWriter<T> writer, CancellationToken stop)
    {
        await Task.WhenAll(sources.Select(source => ReadAsync(source, writer, stop))).ConfigureAwait(false);
        writer.TryComplete();
    }

    private static async Task ReadAsync<T>(IAsyncEnumerable<T> source, ChannelWriter<T> writer, CancellationToken stop)
    {
        try
        {
            await foreach (var item in source.WithCancellation(stop).ConfigureAwait(false))
                await writer.WriteAsync(item, stop).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The reader is told at once: what the other sources still yield would hide it.
            writer.TryComplete(exception);
        }
    }
}
