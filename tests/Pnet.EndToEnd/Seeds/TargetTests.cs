using System.Text.Json;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Seeds;

/// <summary>Far nodes, reached through others: chains of targets, paths, pings.</summary>
public sealed class TargetTests
{
    [Fact]
    public async Task Ping_comes_back_from_a_neighbour_and_from_far_nodes()
    {
        await using var network = new TestNetwork();
        Daemon[] nodes = await ChainAsync(network);

        foreach (string address in (string[])["n1", nodes[1].Id, "n1/n2", $"{nodes[1].Id}/{nodes[2].Id}", "n1/n2/n3"])
        {
            string output = (await nodes[0].R2Async("ping", "-c", "2", "-i", "10ms", address)).Succeeds().Output;
            Assert.Contains($"from {address}: seq=2", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Repeated_targets_and_paths_lead_to_the_same_node()
    {
        await using var network = new TestNetwork();
        Daemon[] nodes = await ChainAsync(network);

        Assert.Equal(["n0", "n2"], Names(await nodes[0].AskAsync("-t", "n1", "ls")));
        Assert.Superset(new HashSet<string> { "n1", "n3" }, Names(await nodes[0].AskAsync("-t", "n1", "-t", "n2", "ls")));
        Assert.Superset(new HashSet<string> { "n1", "n3" }, Names(await nodes[0].AskAsync("-t", "n1/n2", "ls")));
        JsonElement far = await nodes[0].AskAsync("-t", "n1/n2/n3", "info");
        Assert.Equal(nodes[3].Id, far.GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_tunnel_over_three_nodes_ends_at_the_last_one()
    {
        await using var network = new TestNetwork();
        Daemon[] nodes = await ChainAsync(network);
        byte[] bytes = new byte[1_000_000];
        new Random(3).NextBytes(bytes);

        Finished tunnel = await nodes[0].R2Async(bytes, "tunnel", "n1/n2/n3", "-");

        Assert.True(bytes.AsSpan().SequenceEqual(tunnel.Succeeds().Bytes));
    }

    [Fact]
    public async Task Trace_names_each_node_on_the_way()
    {
        await using var network = new TestNetwork();
        Daemon[] nodes = await ChainAsync(network);

        string[] hops = (await nodes[0].R2Async("trace", "n1/n2/n3")).Succeeds().Output.TrimEnd().Split('\n');

        Assert.Equal(4, hops.Length);
        for (int hop = 1; hop < nodes.Length; hop++)
            Assert.Contains(nodes[hop].Id, hops[hop], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_not_there_is_unreachable_and_named()
    {
        await using var network = new TestNetwork();
        Daemon[] nodes = await ChainAsync(network);

        Assert.Contains("nobody", (await nodes[0].R2Async("ping", "nobody")).FailsWith(3), StringComparison.Ordinal);
        Assert.Contains("nobody", (await nodes[0].R2Async("tunnel", "n1/nobody", "-")).FailsWith(3), StringComparison.Ordinal);
        Assert.Contains("nobody", (await nodes[0].R2Async("-t", "n1/n2/nobody", "ls")).FailsWith(3), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_does_not_relay_is_no_way_to_others()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b", "--no-relay", "--allow", "*");
        Daemon c = await network.DaemonAsync("c");
        await TestNetwork.LinkAsync(a, b);
        await TestNetwork.LinkAsync(b, c);

        (await a.R2Async("ping", "-c", "1", "b")).Succeeds();
        Finished refused = await a.R2Async("ping", "-c", "1", $"{b.Id}/{c.Id}");

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("relay", refused.Error, StringComparison.Ordinal);
    }

    // n0 - n1 - n2 - n3, where each may list the peers of the next.
    private static async Task<Daemon[]> ChainAsync(TestNetwork network)
    {
        var nodes = new Daemon[4];
        for (int i = 0; i < nodes.Length; i++)
        {
            nodes[i] = await network.DaemonAsync($"n{i}", "--allow", "*", "cat");
            if (i > 0)
                await TestNetwork.LinkAsync(nodes[i - 1], nodes[i]);
        }

        foreach (Daemon node in nodes[1..])
            (await node.R2Async("trust", nodes[0].Id)).Succeeds();
        return nodes;
    }

    private static SortedSet<string> Names(JsonElement peers) =>
        [.. peers.EnumerateArray().Select(p => p.TryGetProperty("name", out var name) ? name.GetString() ?? "" : "")];
}
