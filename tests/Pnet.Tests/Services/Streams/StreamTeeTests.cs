using System.Security.Cryptography;
using Pnet.Addressing;
using Pnet.Crypto;
using Pnet.Services;
using Pnet.Services.Streams;
using Pnet.Tests.Links;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Services.Streams;

/// <summary>One input for several services, where it can be said to the byte what waits where.</summary>
public sealed class StreamTeeTests
{
    private const int Piece = 32 * 1024;
    private const int Waiting = 256 * 1024;

    private static readonly AddressPath Good = AddressPath.Parse("good/service:count");
    private static readonly AddressPath Stuck = AddressPath.Parse("stuck/service:count");

    private readonly StuckOpener _node = new();

    [Fact]
    public async Task A_stuck_service_holds_the_others_at_a_fixed_distance_and_nothing_is_lost()
    {
        var tee = new StreamTee();
        var (good, stuck) = (HashAsync(tee, Good), HashAsync(tee, Stuck));
        var (writing, sent) = await WriteUntilHeldAsync(tee);

        // Whatever happens, happens without the next byte.
        await Links.Waiting.UntilAsync(() => _node.Read == Waiting, "the other one has it all");
        Assert.False(writing.IsCompleted);
        _node.Release.SetResult();
        Assert.True(await writing.Soon());
        tee.End();

        var hash = Convert.ToHexString(SHA256.HashData(sent));
        Assert.Equal((Good, hash), ((await good.Soon()).Target, (await good).Output));
        Assert.Equal((Stuck, hash), ((await stuck.Soon()).Target, (await stuck).Output));
        Assert.True((await good).Succeeded && (await stuck).Succeeded);
    }

    [Fact]
    public async Task A_service_that_takes_nothing_for_longer_than_it_may_is_cut_and_the_others_go_on()
    {
        var tee = new StreamTee(stall: TimeSpan.FromSeconds(8));
        var (good, stuck) = (HashAsync(tee, Good), HashAsync(tee, Stuck));
        var (writing, sent) = await WriteUntilHeldAsync(tee);

        Assert.True(await writing.Soon());
        var dropped = await stuck.Soon();
        Assert.False(dropped.Succeeded);
        Links.Waiting.Tells(dropped.Failure!, PnetError.TimedOut, "stuck/service:count took no input for 8 s");
        Assert.True(await tee.WriteAsync(sent).Soon());
        tee.End();
        Assert.Equal(Convert.ToHexString(SHA256.HashData([.. sent, .. sent])), (await good.Soon()).Output);
    }

    [Fact]
    public async Task Cancelling_a_write_that_is_held_leaves_the_tee_as_it_is()
    {
        var tee = new StreamTee();
        using var stop = new CancellationTokenSource();
        var stuck = HashAsync(tee, Stuck, stop.Token);
        var writing = tee.WriteAsync(new byte[2 * Waiting], stop.Token).AsTask();
        Assert.False(writing.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.Soon());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stuck.Soon());
        Assert.False(await tee.WriteAsync(new byte[1]).Soon());
    }

    [Fact]
    public async Task Without_a_service_nobody_reads() => Assert.False(await new StreamTee().WriteAsync(new byte[1]).Soon());

    // What fills the measure of the one that doesn't read; the other one gets it meanwhile.
    private static async Task<(Task<bool> Last, byte[] Sent)> WriteUntilHeldAsync(StreamTee tee)
    {
        var sent = Bytes.Random(Waiting);
        for (var at = 0; at < Waiting - Piece; at += Piece)
            Assert.True(await tee.WriteAsync(sent.AsMemory(at, Piece)).Soon());
        return (tee.WriteAsync(sent.AsMemory(Waiting - Piece)).AsTask(), sent);
    }

    private Task<StreamResult<string>> HashAsync(StreamTee tee, AddressPath target, CancellationToken cancellationToken = default) =>
        tee.InvokeAsync(_node, target, static async (output, token) => await new StreamReader(output).ReadToEndAsync(token), cancellationToken);

    /// <summary>A node with the service <c>count</c>, and a way to it that is blocked at first.</summary>
    private sealed class StuckOpener : IServiceOpener
    {
        private readonly NodeId _self = NodeKey.Generate().Id;
        private long _read;

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Read => Interlocked.Read(ref _read);

        public async Task<ITransport> OpenAsync(AddressPath address, CancellationToken cancellationToken = default)
        {
            if (address == Stuck)
                await Release.Task.WaitAsync(cancellationToken);
            var (near, far) = MemoryTransport.CreatePair();
            _ = StreamServer.ServeAsync(far, _self, HashAsync, CancellationToken.None);
            return near;
        }

        private async Task HashAsync(NodeId caller, Stream input, Stream output, CancellationToken cancellationToken)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[Piece];
            while (await input.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            {
                hash.AppendData(buffer, 0, count);
                Interlocked.Add(ref _read, count);
            }
            await using var writer = new StreamWriter(output);
            await writer.WriteAsync(Convert.ToHexString(hash.GetHashAndReset()).AsMemory(), cancellationToken);
        }
    }
}
