using System.Diagnostics;
using System.Globalization;
using Pnet.Crypto;
using Pnet.Frames;
using Pnet.Links;
using Pnet.Transports;

namespace Pnet.Benchmarks.Links;

/// <summary>The other ends of the links, in a process of their own so that only the node's memory is measured.</summary>
internal static class LinksClient
{
    /// <summary>The word that makes this executable the client.</summary>
    public const string Command = "links-client";

    private const int AtOnce = 16;

    /// <summary>Opens links, says how many seconds that took, and holds them until its input ends.</summary>
    public static async Task<int> RunAsync(string endpoint, int count)
    {
        var registry = TransportRegistry.CreateDefault();
        var keys = Enumerable.Range(0, count).Select(_ => NodeKey.Generate()).ToList();
        var links = new Link[count];
        long started = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, token) =>
        {
            var transport = await registry.DialAsync(endpoint, token).ConfigureAwait(false);
            links[i] = await Link.OpenAsync(transport, new LinkOptions { Key = keys[i] }, token).ConfigureAwait(false);
            await links[i].RunAsync(new Silence(), token).ConfigureAwait(false);
        }).ConfigureAwait(false);
        Console.WriteLine(Stopwatch.GetElapsedTime(started).TotalSeconds.ToString("F3", CultureInfo.InvariantCulture));
        await Console.In.ReadToEndAsync().ConfigureAwait(false);
        await Task.WhenAll(links.Select(link => link.DisposeAsync().AsTask())).ConfigureAwait(false);
        keys.ForEach(key => key.Dispose());
        return 0;
    }

    private sealed class Silence : IFrameHandler
    {
        public void OnFrame(FrameHeader header, ReadOnlySpan<byte> payload)
        {
            // The node has nothing to say to it.
        }

        public void OnBatchEnd()
        {
            // Nothing was kept.
        }

        public void OnClosed(PnetException reason)
        {
            // The program ends with its links.
        }
    }
}
