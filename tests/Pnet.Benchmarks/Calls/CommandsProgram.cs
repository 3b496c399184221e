using System.Globalization;
using System.Net.Http.Json;
using Pnet.Addressing;
using Pnet.Benchmarks.Throughput;
using Pnet.Control;
using Pnet.Crypto;
using Pnet.Services.Commands;

namespace Pnet.Benchmarks.Calls;

/// <summary>
/// Commands a second over one link, against <c>ssh</c> with a shared connection and a minimal server of the framework, in turns; and one
/// command to many nodes.
/// </summary>
internal static class CommandsProgram
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(5);
    private static readonly CommandRequest Request = new() { Arguments = [1, 2] };

    /// <summary>Measures and writes a table for 1 and for 64 calls in flight.</summary>
    public static async Task<int> RunAsync()
    {
        using var scratch = new Scratch();
        await using var node = await Node.StartAsync(new NodeOptions { Key = NodeKey.Generate() }).ConfigureAwait(false);
        using var peer = CallsPeer.Start(node.Id);
        using var ssh = new SshMaster(scratch);
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = new Uri($"http://127.0.0.1:{peer.HttpPort}") };
        await node.Control.ConnectAsync(new ConnectRequest { Transport = peer.Endpoint, ExpectedId = peer.Id }).ConfigureAwait(false);
        var target = new AddressPath(peer.Id);
        var client = new CommandClient(node.Control);
        foreach (int atOnce in (int[])[1, 64])
        {
            Console.WriteLine();
            Console.WriteLine($"| {atOnce} in flight | a second | of ssh | p50, µs | p99, µs |");
            Console.WriteLine("|---|---:|---:|---:|---:|");
            var peerRate = await TellAsync("ssh, shared connection, `true`", atOnce, null, () => Task.FromResult<Func<Task>>(ssh.CallAsync)).ConfigureAwait(false);
            await TellAsync("HTTP and JSON, Kestrel, kept alive", atOnce, peerRate, () => Task.FromResult<Func<Task>>(() => PostAsync(http))).ConfigureAwait(false);
            await TellAsync("pnet, a channel for each call", atOnce, peerRate, () => Task.FromResult<Func<Task>>(() => CheckAsync(client.InvokeAsync(target, "add", Request)))).ConfigureAwait(false);
            await TellAsync("pnet, a channel that is kept", atOnce, peerRate, async () =>
            {
                var connection = await client.OpenAsync(target, "add").ConfigureAwait(false);
                return () => CheckAsync(connection.InvokeAsync(Request));
            }).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task<CallRate> TellAsync(string name, int atOnce, CallRate? peer, Func<Task<Func<Task>>> call)
    {
        var rate = await CallRate.MeasureAsync(atOnce, Time, call).ConfigureAwait(false);
        string ratio = ((peer is null ? 1 : rate.PerSecond / peer.PerSecond)).ToString("F1", CultureInfo.InvariantCulture);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {rate.PerSecond:F0} | {ratio} | {rate.Median.TotalMicroseconds:F0} | {rate.Slow.TotalMicroseconds:F0} |"));
        return rate;
    }

    private static async Task PostAsync(HttpClient http)
    {
        using var answer = await http.PostAsJsonAsync("/add", (long[])[1, 2]).ConfigureAwait(false);
        if (await answer.Content.ReadFromJsonAsync<long>().ConfigureAwait(false) != 3)
            throw new IOException("the server adds wrongly");
    }

    private static async Task CheckAsync(IAsyncEnumerable<CommandReply> replies)
    {
        await foreach (var reply in replies.ConfigureAwait(false))
        {
            if (reply.Output.GetInt64() != 3)
                throw new IOException("the command adds wrongly");
        }
    }
}
