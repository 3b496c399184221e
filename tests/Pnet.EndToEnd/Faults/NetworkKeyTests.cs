using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Faults;

/// <summary>Networks that only holders of a key are in.</summary>
public sealed class NetworkKeyTests
{
    [Fact]
    public async Task Holders_of_the_same_key_link_and_may_use_each_other_s_services()
    {
        await using var network = new TestNetwork();
        string key = await KeyAsync(network, "office");
        Daemon a = await network.DaemonAsync("a", "--network-key", key);
        Daemon b = await network.DaemonAsync("b", "--network-key", key, "cat");

        await TestNetwork.LinkAsync(a, b);

        Assert.Equal("hi", (await a.R2Async("hi"u8.ToArray(), "tunnel", "b", "-")).Succeeds().Output);
    }

    [Fact]
    public async Task A_node_with_another_key_or_with_none_is_refused_at_both_ends_and_told_why()
    {
        await using var network = new TestNetwork();
        Daemon inside = await network.DaemonAsync("inside", "--network-key", await KeyAsync(network, "office"));
        Daemon other = await network.DaemonAsync("other", "--network-key", await KeyAsync(network, "home"));
        Daemon none = await network.DaemonAsync("none");
        string endpoint = $"tcp://{await inside.ListenAsync()}";

        foreach (Daemon outside in (Daemon[])[other, none])
        {
            Assert.Contains("network key", (await outside.R2Async("connect", endpoint)).FailsWith(4), StringComparison.Ordinal);
            Assert.Contains("network key", (await inside.R2Async("connect", $"tcp://{await outside.ListenAsync()}")).FailsWith(4), StringComparison.Ordinal);
            Assert.Empty(await outside.UpAsync());
        }

        Assert.Empty(await inside.UpAsync());
    }

    private static async Task<string> KeyAsync(TestNetwork network, string name)
    {
        string file = network.PathOf($"{name}.psk");
        (await network.RunAsync("r2", "key", "network", file)).Succeeds();
        return file;
    }
}
