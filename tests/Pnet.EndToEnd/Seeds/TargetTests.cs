using System.Text.Json;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Seeds;

/// <summary>Far nodes, reached through others: chains of targets, paths, pings.</summary>
public sealed class TargetTests(TargetTests.Chain chain) : IClassFixture<TargetTests.Chain>
{
    private readonly Daemon[] _nodes = chain.Nodes;

    [Fact]
    public async Task Ping_comes_back_from_a_neighbour_and_from_far_nodes()
    {
        foreach (string address in (string[])["n1", _nodes[1].Id, "n1/n2", $"{_nodes[1].Id}/{_nodes[2].Id}", "n1/n2/n3"])
        {
            string output = (await _nodes[0].R2Async("ping", "-c", "2", "-i", "10ms", address)).Succeeds().Output;
            Assert.Contains($"from {address}: seq=2", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Repeated_targets_and_paths_lead_to_the_same_node()
    {
        Assert.Equal(["n0", "n2"], Names(await _nodes[0].AskAsync("-t", "n1", "ls")));
        Assert.Superset(new HashSet<string> { "n1", "n3" }, Names(await _nodes[0].AskAsync("-t", "n1", "-t", "n2", "ls")));
        Assert.Superset(new HashSet<string> { "n1", "n3" }, Names(await _nodes[0].AskAsync("-t", "n1/n2", "ls")));
        JsonElement far = await _nodes[0].AskAsync("-t", "n1/n2/n3", "info");
        Assert.Equal(_nodes[3].Id, far.GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_tunnel_over_three_nodes_ends_at_the_last_one()
    {
        byte[] bytes = new byte[1_000_000];
        new Random(3).NextBytes(bytes);

        Finished tunnel = await _nodes[0].R2Async(bytes, "tunnel", "n1/n2/n3", "-");

        Assert.True(bytes.AsSpan().SequenceEqual(tunnel.Succeeds().Bytes));
    }

    [Fact]
    public async Task Trace_names_each_node_on_the_way()
    {
        string[] hops = (await _nodes[0].R2Async("trace", "n1/n2/n3")).Succeeds().Output.TrimEnd().Split('\n');

        Assert.Equal(4, hops.Length);
        for (int hop = 1; hop < _nodes.Length; hop++)
            Assert.Contains(_nodes[hop].Id, hops[hop], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_not_there_is_unreachable_and_named()
    {
        Assert.Contains("nobody", (await _nodes[0].R2Async("ping", "nobody")).FailsWith(3), StringComparison.Ordinal);
        Assert.Contains("nobody", (await _nodes[0].R2Async("tunnel", "n1/nobody", "-")).FailsWith(3), StringComparison.Ordinal);
        Assert.Contains("nobody", (await _nodes[0].R2Async("-t", "n1/n2/nobody", "ls")).FailsWith(3), StringComparison.Ordinal);
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

    private static SortedSet<string> Names(JsonElement peers) =>
        [.. peers.EnumerateArray().Select(p => p.TryGetProperty("name", out var name) ? name.GetString() ?? "" : "")];

    /// <summary>n0 - n1 - n2 - n3, where each may list the peers of the next, and all have an echo for their tunnel process.</summary>
    public sealed class Chain : IAsyncLifetime
    {
        private readonly TestNetwork _network = new();

        internal Daemon[] Nodes { get; } = new Daemon[4];

        public async Task InitializeAsync()
        {
            for (int i = 0; i < Nodes.Length; i++)
            {
                Nodes[i] = await _network.DaemonAsync($"n{i}", "--allow", "*", "cat");
                if (i > 0)
                    await TestNetwork.LinkAsync(Nodes[i - 1], Nodes[i]);
            }

            foreach (Daemon node in Nodes[1..])
                (await node.R2Async("trust", Nodes[0].Id)).Succeeds();
        }

        public async Task DisposeAsync() => await _network.DisposeAsync();
    }
}
