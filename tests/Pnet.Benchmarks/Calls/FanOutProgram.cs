using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Pnet.Addressing;
using Pnet.Benchmarks.Throughput;
using Pnet.Control;
using Pnet.Crypto;
using Pnet.Services.Commands;

namespace Pnet.Benchmarks.Calls;

/// <summary>One command to many nodes: all in this process and linked over TCP, or a daemon each.</summary>
internal static class FanOutProgram
{
    /// <summary>What the command line is like.</summary>
    public const string Usage = "fanout [--nodes 200] [--daemons 40] [--r2 PATH]";

    private const int DefaultCount = 200;
    private const int Runs = 20;

    /// <summary>Measures how long it takes until all have answered.</summary>
    public static async Task<int> RunAsync(string[] words)
    {
        var options = new WordOptions(words, Usage);
        if (options.Has("--daemons"))
            return await FanOutDaemons.RunAsync(options.Number("--daemons", DefaultCount), options.Builds[^1]).ConfigureAwait(false);
        int count = options.Number("--nodes", DefaultCount);
        int port = Scratch.FreePort();
        await using var hub = await Node.StartAsync(new NodeOptions { Key = NodeKey.Generate(), Listen = [$"tcp://127.0.0.1:{port}"] }).ConfigureAwait(false);
        var nodes = new List<Node>();
        for (int i = 0; i < count; i++)
        {
            var node = await Node.StartAsync(new NodeOptions { Key = NodeKey.Generate() }).ConfigureAwait(false);
            nodes.Add(node);
            await node.Control.RegisterCommandAsync(CallsNode.Add, (call, _) => Task.FromResult<JsonNode?>(call.GetInt64("a") + call.GetInt64("b"))).ConfigureAwait(false);
            await node.Control.ConnectAsync(new ConnectRequest { Transport = $"tcp://127.0.0.1:{port}", ExpectedId = hub.Id }).ConfigureAwait(false);
        }

        var client = new CommandClient(hub.Control);
        var times = new List<TimeSpan>();
        for (int run = 0; run < Runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            var sums = await Task.WhenAll(nodes.Select(node => client.CallAsync(new AddressPath(node.Id), "add", [1, 2]))).ConfigureAwait(false);
            times.Add(Stopwatch.GetElapsedTime(start));
            if (sums.Any(sum => sum?.GetInt64() != 3))
                throw new IOException("a node adds wrongly");
        }

        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} nodes: all have answered after {times[Runs / 2].TotalMilliseconds:F1} ms (median of {Runs}; the first run, with everything to be compiled, up to {times[^1].TotalMilliseconds:F1} ms)"));
        await Task.WhenAll(nodes.Select(node => node.DisposeAsync().AsTask())).ConfigureAwait(false);
        return 0;
    }
}
