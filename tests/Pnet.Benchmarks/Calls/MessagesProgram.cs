using System.Diagnostics;
using System.Globalization;
using Pnet.Addressing;
using Pnet.Benchmarks.Throughput;
using Pnet.Control;
using Pnet.Crypto;
using Pnet.Services.Commands;
using Pnet.Services.Messages;

namespace Pnet.Benchmarks.Calls;

/// <summary>
/// Messages of 64 bytes to a node that reads them, through one that relays: three processes. Each is acknowledged, and all are read: a single one
/// that is refused or lost fails the benchmark.
/// </summary>
internal static class MessagesProgram
{
    /// <summary>What the command line is like.</summary>
    public const string Usage = "messages [--seconds 10]";

    private const int Size = 64;
    private const int Batch = 10_000;
    private static readonly TimeSpan DeliveryBound = TimeSpan.FromSeconds(60);

    /// <summary>Measures how many a second are acknowledged and read.</summary>
    public static async Task<int> RunAsync(string[] words)
    {
        var time = TimeSpan.FromSeconds(new WordOptions(words, Usage).Number("--seconds", 10));
        await using var node = await Node.StartAsync(new NodeOptions { Key = NodeKey.Generate() }).ConfigureAwait(false);
        using var relay = CallsPeer.Start(node.Id);
        using var peer = CallsPeer.Start(node.Id, relay);
        await node.Control.ConnectAsync(new ConnectRequest { Transport = relay.Endpoint, ExpectedId = relay.Id }).ConfigureAwait(false);
        var target = AddressPath.Parse($"{relay.Id}/{peer.Id}");
        await using var sender = await MessageSender.OpenAsync(node.Control, target).ConfigureAwait(false);
        var message = Message.FromBytes(new byte[Size]);
        long sent = 0;
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = new Uri($"http://127.0.0.1:{peer.HttpPort}") };

        var table = new CallTable($"{Size} B, each answered before the next", 1, time);
        await table.AddAsync("HTTP, Kestrel, a POST each, kept alive; no relay", () => Task.FromResult<Func<Task>>(() => PostAsync(http))).ConfigureAwait(false);
        await table.AddAsync("pnet through a relay", () => Task.FromResult<Func<Task>>(() => SendAsync(sender))).ConfigureAwait(false);
        table = new CallTable($"{Size} B, 64 senders that wait each", 64, time);
        await table.AddAsync("HTTP, Kestrel, a POST each, kept alive; no relay", () => Task.FromResult<Func<Task>>(() => PostAsync(http))).ConfigureAwait(false);
        await table.AddAsync("pnet through a relay", async () =>
        {
            var one = await MessageSender.OpenAsync(node.Control, target).ConfigureAwait(false);
            return () => SendAsync(one);
        }).ConfigureAwait(false);

        await StreamAsync(time / 10).ConfigureAwait(false);
        await ReadAsync(node.Control, target, sent).ConfigureAwait(false);
        long before = sent;
        long allocated = GC.GetTotalAllocatedBytes();
        long start = Stopwatch.GetTimestamp();
        await StreamAsync(time).ConfigureAwait(false);
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        await ReadAsync(node.Control, target, sent).ConfigureAwait(false);
        var elapsed = Stopwatch.GetElapsedTime(start);
        long count = sent - before;
        Console.WriteLine();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Size} B through one relay, as fast as they are read: {count / elapsed.TotalSeconds:N0} messages/s; {count:N0} sent, acknowledged and read, 0 refused; {(double)allocated / count:F0} B allocated for each by the sender"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"peak memory: sender {Peak(Environment.ProcessId):F0} MB, relay {Peak(relay.ProcessId):F0} MB, receiver {Peak(peer.ProcessId):F0} MB"));
        return 0;

        async Task SendAsync(MessageSender one)
        {
            await one.PostAsync(message).ConfigureAwait(false);
            await FlushAsync(one).ConfigureAwait(false);
            Interlocked.Increment(ref sent);
        }

        async Task StreamAsync(TimeSpan duration)
        {
            for (long began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < duration; sent += Batch)
            {
                for (int i = 0; i < Batch; i++)
                    await sender.PostAsync(message).ConfigureAwait(false);
            }

            await FlushAsync(sender).ConfigureAwait(false);
        }
    }

    private static double Peak(int process) => ProcessTree.Memory(process, "VmHWM") / 1e6;

    private static async Task PostAsync(HttpClient http)
    {
        using var content = new ByteArrayContent(new byte[Size]);
        using var answer = await http.PostAsync("/message", content).ConfigureAwait(false);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task FlushAsync(MessageSender sender)
    {
        if (await sender.FlushAsync().ConfigureAwait(false) is [var refusal, ..])
            throw new IOException($"messages {refusal.First} to {refusal.Last} were refused: {refusal.Reason.Message}");
    }

    // What is acknowledged is in the inbox; its reader may be a moment behind.
    private static async Task ReadAsync(INodeControl node, AddressPath target, long sent)
    {
        var client = new CommandClient(node);
        for (long start = Stopwatch.GetTimestamp(); ; await Task.Delay(1).ConfigureAwait(false))
        {
            long read = (await client.CallAsync(target, CallsNode.Received, []).ConfigureAwait(false))!.Value.GetInt64();
            if (read == sent)
                return;
            if (read > sent || Stopwatch.GetElapsedTime(start) > DeliveryBound)
                throw new IOException($"{sent} messages were acknowledged, and {read} read");
        }
    }
}
