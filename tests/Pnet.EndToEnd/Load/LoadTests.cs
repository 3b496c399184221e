using System.Security.Cryptography;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.EndToEnd.Fixture;
using Pnet.Transports;

namespace Pnet.EndToEnd.Load;

/// <summary>Many tunnels, slow readers, large transfers.</summary>
public sealed class LoadTests
{
    private const long Mebibyte = 1024 * 1024;

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(150);

    [Fact]
    public async Task A_slow_reader_stalls_its_own_tunnel_and_no_other()
    {
        const int others = 8;
        const int bytes = 32 * 1024 * 1024;
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync($"head -c {bytes} /dev/zero");
        var slow = a.StartR2WithStreams("tunnel", "b", "-");
        await slow.Output.ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(Bounded.Wait);

        Finished[] fast = await Task.WhenAll(Enumerable.Range(0, others).Select(_ => network.ShAsync($"r2 -s {a.SocketPath} tunnel b - </dev/null | wc -c", Long)));

        Assert.All(fast, f => Assert.Equal($"{bytes}", f.Succeeds().Output.Trim()));
        Assert.False(slow.HasExited);
        // What it did not take is still there for it, all of it.
        byte[] buffer = new byte[64 * 1024];
        long rest = 1;
        while (await slow.Output.ReadAsync(buffer).AsTask().WaitAsync(Bounded.Wait) is > 0 and int count)
            rest += count;
        Assert.Equal(bytes, rest);
        Assert.Equal(0, await slow.ExitAsync());
    }

    [Fact]
    public async Task Five_hundred_tunnels_are_open_at_once_through_one_pair_of_daemons()
    {
        const int count = 500;
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("cat");
        await using var control = await ControlClient.ConnectAsync(a.SocketPath);
        var address = AddressPath.Parse("b");
        var tunnels = new ITransport[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 20 }, async (i, token) => tunnels[i] = await control.OpenAsync(address, token));

        Assert.Equal(count, (await b.WithControlAsync(c => c.GetServicesAsync())).Single().Active);
        // Each one gets its own bytes back, while all of them talk.
        await Task.WhenAll(tunnels.Select(async (tunnel, i) =>
        {
            byte[] sent = new byte[10_000 + i];
            new Random(i).NextBytes(sent);
            byte[] back = new byte[sent.Length];
            Task sending = SendAsync(tunnel, sent);
            await tunnel.ReadExactlyAsync(back);
            await sending;
            Assert.Equal(0, await tunnel.ReadAsync(new byte[1]));
            Assert.True(sent.AsSpan().SequenceEqual(back), $"tunnel {i}");
            await tunnel.DisposeAsync();
        })).WaitAsync(Long);

        await b.UntilWithoutChildrenAsync();
        (await a.R2Async("ping", "-c", "1", "b")).Succeeds();
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Four_gibibytes_pass_with_memory_flat()
    {
        const long bytes = 4L * 1024 * Mebibyte;
        // What passes is dozens of times what each of the three programs may hold: the runtime, windows of up to 16 MiB, and what
        // the collector has yet to collect.
        const long most = 256 * Mebibyte;
        const long growth = 96 * Mebibyte;
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("wc -c");
        var near = network.Start("/bin/sh", "-c", $"head -c {bytes} /dev/zero | r2 -s {a.SocketPath} tunnel b -");
        int manager = 0;
        await Bounded.UntilAsync("r2", () => (manager = ProcessTable.Marked(network.Mark).FirstOrDefault(id => ProcessTable.CommandLine(id).Contains("tunnel b -", StringComparison.Ordinal) && id != near.Id)) != 0);
        int[] programs = [manager, a.ProcessId, b.ProcessId];
        var (early, late) = (new long[programs.Length], new long[programs.Length]);

        await Bounded.UntilAsync(
            "4 GiB to pass",
            async () =>
            {
                long sent = (await a.WithControlAsync(control => control.GetTunnelsAsync())).Sum(t => t.BytesSent);
                long[] peaks = sent < bytes / 2 ? early : late;
                for (int i = 0; i < programs.Length; i++)
                    peaks[i] = Math.Max(peaks[i], ProcessTable.TryResidentBytes(programs[i]));
                return near.HasExited;
            },
            Long);

        Assert.Equal(0, await near.ExitAsync());
        Assert.Equal($"{bytes}", near.Text.Trim());
        for (int i = 0; i < programs.Length; i++)
        {
            Assert.True(
                early[i] > 0 && late[i] > 0 && late[i] < most && late[i] - early[i] < growth,
                $"program {i} of manager, a, b: at most {early[i] / Mebibyte} MiB in the first half, {late[i] / Mebibyte} MiB in the second");
        }
    }

    [Fact]
    public async Task A_large_file_passes_through_a_router_unchanged_in_both_directions_at_once()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b", "--allow", a.Id);
        Daemon c = await network.DaemonAsync("c", "--allow", a.Id, "cat");
        await TestNetwork.LinkAsync(a, b);
        await TestNetwork.LinkAsync(b, c);
        byte[] bytes = RandomNumberGenerator.GetBytes(64 * 1024 * 1024);

        Finished tunnel = await a.R2Async(bytes, "tunnel", "b/c", "-");

        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(tunnel.Succeeds().Bytes));
    }

    private static async Task SendAsync(ITransport transport, byte[] bytes)
    {
        await transport.WriteAsync(bytes);
        await transport.EndAsync();
    }
}
