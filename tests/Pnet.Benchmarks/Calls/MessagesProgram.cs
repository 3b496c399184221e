using System.Diagnostics;
using System.Globalization;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Crypto;
using Pnet.Services.Messages;

namespace Pnet.Benchmarks.Calls;

/// <summary>Messages of 64 bytes to a node that reads them, through one that relays: three processes.</summary>
internal static class MessagesProgram
{
    private const int Size = 64;
    private const int Batch = 10_000;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(10);

    /// <summary>Measures how many a second are acknowledged.</summary>
    public static async Task<int> RunAsync()
    {
        await using var node = await Node.StartAsync(new NodeOptions { Key = NodeKey.Generate() }).ConfigureAwait(false);
        using var relay = CallsPeer.Start(node.Id);
        using var peer = CallsPeer.Start(node.Id, relay);
        await node.Control.ConnectAsync(new ConnectRequest { Transport = relay.Endpoint, ExpectedId = relay.Id }).ConfigureAwait(false);
        await using var sender = await MessageSender.OpenAsync(node.Control, AddressPath.Parse($"{relay.Id}/{peer.Id}")).ConfigureAwait(false);
        await SendAsync(sender, Time / 10).ConfigureAwait(false);
        long allocated = GC.GetTotalAllocatedBytes();
        var (count, refused, elapsed) = await SendAsync(sender, Time).ConfigureAwait(false);
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Size} B through one relay: {(count - refused) / elapsed.TotalSeconds:N0} messages/s acknowledged, {refused} of {count} refused, {(double)allocated / count:F0} B allocated for each by the sender"));
        return 0;
    }

    private static async Task<(long Count, long Refused, TimeSpan Elapsed)> SendAsync(MessageSender sender, TimeSpan time)
    {
        var message = Message.FromBytes(new byte[Size]);
        long start = Stopwatch.GetTimestamp();
        long count = 0;
        long refused = 0;
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            for (int i = 0; i < Batch; i++)
                await sender.PostAsync(message).ConfigureAwait(false);
            count += Batch;
            refused += (await sender.FlushAsync().ConfigureAwait(false)).Sum(refusal => refusal.Last - refusal.First + 1);
        }

        return (count, refused, Stopwatch.GetElapsedTime(start));
    }
}
