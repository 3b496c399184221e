using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Networks;

/// <summary>The overlay where there is no other way: machines that share a net with their neighbours only.</summary>
public sealed class NamespaceTests
{
    [RootFact("ip", "socat")]
    public async Task A_reaches_C_through_B_where_there_is_no_route_between_them()
    {
        await using var namespaces = await Namespaces.CreateAsync(3);
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonInAsync(namespaces[0], "a");
        Daemon b = await network.DaemonInAsync(namespaces[1], "b", "-l", "tcp://0.0.0.0:47210", "--allow", a.Id);
        Daemon c = await network.DaemonInAsync(namespaces[2], "c", "-l", "tcp://0.0.0.0:47210", "--allow", a.Id, "cat");
        (await a.R2Async("connect", $"tcp://{Namespaces.AddressOf(1, 0)}:47210")).Succeeds();
        (await b.R2Async("connect", $"socat tcp:{Namespaces.AddressOf(2, 1)}:47210 -")).Succeeds();

        // By IP, A has a way to B and none to C.
        (await DialAsync(network, namespaces[0], Namespaces.AddressOf(1, 0))).Succeeds();
        Assert.Contains("Network is unreachable", (await DialAsync(network, namespaces[0], Namespaces.AddressOf(2, 1))).Exits(1).Error, StringComparison.Ordinal);

        (await a.R2Async("ping", "-c", "3", "-i", "10ms", "b/c")).Succeeds();
        string[] hops = (await a.R2Async("trace", "b/c")).Succeeds().Output.TrimEnd().Split('\n');
        Assert.Contains(b.Id, hops[1], StringComparison.Ordinal);
        Assert.Contains(c.Id, hops[2], StringComparison.Ordinal);
        byte[] bytes = new byte[4_000_000];
        new Random(5).NextBytes(bytes);
        Finished tunnel = await a.R2Async(bytes, "tunnel", "b/c", "-");
        Assert.True(bytes.AsSpan().SequenceEqual(tunnel.Succeeds().Bytes));
    }

    private static Task<Finished> DialAsync(TestNetwork network, string netns, string address) =>
        network.RunAsync("ip", "netns", "exec", netns, "socat", "-u", "/dev/null", $"tcp:{address}:47210,connect-timeout=2");
}
