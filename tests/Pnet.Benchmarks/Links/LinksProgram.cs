using System.Diagnostics;
using System.Globalization;
using Pnet.Benchmarks.Throughput;
using Pnet.Crypto;
using Pnet.Links;
using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Benchmarks.Links;

/// <summary>What a link costs a node that has many: memory when idle, and handshakes a second.</summary>
internal static class LinksProgram
{
    /// <summary>What the command line is like.</summary>
    public const string Usage = "links [COUNT]";

    /// <summary>Links, unless the command line says otherwise.</summary>
    public const int DefaultCount = 1_000;

    private const int WarmUpCount = 100;

    /// <summary>Opens links from another process, and says what they take.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(int count)
    {
        using var key = NodeKey.Generate();
        var options = new RouterOptions
        {
            Link = new LinkOptions { Key = key },
            MaxLinks = count + WarmUpCount,
            MaxHandshakesPerSecond = int.MaxValue, // The gate is not what is measured.
        };
        var router = new Router(options, (_, channel) => channel.Reset(new Frames.Reason(Frames.ReasonCode.NotFound, "no services")));
        await using var disposeRouter = router.ConfigureAwait(false);
        var listener = await TransportRegistry.CreateDefault().ListenAsync("tcp://127.0.0.1:0").ConfigureAwait(false);
        var accepting = AcceptAsync(router, listener);

        // Code is compiled and pools are filled before anything is counted.
        using (var client = new Client(listener.Endpoint, WarmUpCount))
            client.WaitUntilOpen();
        await EmptyAsync(router).ConfigureAwait(false);
        var before = Memory.Now();
        using (var client = new Client(listener.Endpoint, count))
        {
            double seconds = client.WaitUntilOpen();
            var after = Memory.Now();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"links                     {router.Neighbours.Count}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"handshakes a second       {count / seconds:F0} (client and node on {Environment.ProcessorCount} processors)"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"managed heap a link       {(after.Heap - before.Heap) / count} bytes"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"resident memory a link    {(after.Resident - before.Resident) / count} bytes"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"resident memory           {before.Resident / 1e6:F0} MB before, {after.Resident / 1e6:F0} MB after"));
        }

        await EmptyAsync(router).ConfigureAwait(false);
        await listener.DisposeAsync().ConfigureAwait(false);
        await accepting.ConfigureAwait(false);
        return 0;
    }

    private static async Task AcceptAsync(Router router, IListener listener)
    {
        try
        {
            while (true)
                _ = AttachAsync(router, await listener.AcceptAsync().ConfigureAwait(false));
        }
        catch (ObjectDisposedException)
        {
            // The measurement is over.
        }
    }

    private static async Task AttachAsync(Router router, ITransport transport)
    {
        try
        {
            await router.AttachAsync(transport, new AttachOptions()).ConfigureAwait(false);
        }
        catch (PnetException exception)
        {
            await Console.Error.WriteLineAsync($"a link failed: {exception.Message}").ConfigureAwait(false);
        }
    }

    private static async Task EmptyAsync(Router router) =>
        await Task.WhenAll(router.Neighbours.All.Select(neighbour => neighbour.Link.Completion)).ConfigureAwait(false);

    private readonly record struct Memory(long Heap, long Resident)
    {
        public static Memory Now()
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            long heap = GC.GetTotalMemory(forceFullCollection: true);
            return new Memory(heap, ProcessTree.Memory(Environment.ProcessId, "VmRSS"));
        }
    }

    private sealed class Client : IDisposable
    {
        private readonly Process _process;

        public Client(string endpoint, int count)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
            foreach (string argument in (string[])[LinksClient.Command, endpoint, $"{count}"])
                start.ArgumentList.Add(argument);
            _process = Process.Start(start) ?? throw new IOException("the client did not start");
        }

        public double WaitUntilOpen() => _process.StandardOutput.ReadLine() is { } line
            ? double.Parse(line, CultureInfo.InvariantCulture)
            : throw new IOException("the client failed");

        public void Dispose()
        {
            _process.StandardInput.Close();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}
