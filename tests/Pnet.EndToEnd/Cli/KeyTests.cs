using System.Text.Json;
using Pnet.Addressing;
using Pnet.Crypto;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Cli;

/// <summary><c>r2 key</c>: key files, without a node.</summary>
public sealed class KeyTests
{
    [Fact]
    public async Task A_new_key_is_the_owners_alone_and_shows_the_id_that_was_printed()
    {
        await using var network = new TestNetwork();
        string file = network.PathOf("bob.key");

        string id = (await network.RunAsync(Executables.Manager, "key", "new", file)).Succeeds().Output.TrimEnd();
        string shown = (await network.RunAsync(Executables.Manager, "key", "show", file)).Succeeds().Output.TrimEnd();

        using NodeKey key = KeyFile.Load(file);
        Assert.Equal(key.Id, NodeId.Parse(id));
        Assert.Equal(id, shown);
        Assert.Equal("600\n", (await network.RunAsync("stat", "-c", "%a", file)).Output);
    }

    [Fact]
    public async Task A_key_that_is_there_is_replaced_only_by_force()
    {
        await using var network = new TestNetwork();
        string file = network.PathOf("bob.key");
        string first = (await network.RunAsync(Executables.Manager, "key", "new", file)).Succeeds().Output;

        string line = (await network.RunAsync(Executables.Manager, "key", "new", file)).FailsWith(1);
        string kept = (await network.RunAsync(Executables.Manager, "key", "show", file)).Succeeds().Output;
        string second = (await network.RunAsync(Executables.Manager, "key", "new", "--force", file)).Succeeds().Output;

        Assert.Contains(file, line, StringComparison.Ordinal);
        Assert.Equal(first, kept);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Without_a_file_the_users_own_key_is_meant()
    {
        await using var network = new TestNetwork();

        JsonElement made = JsonDocument.Parse((await network.RunAsync(Executables.Manager, "key", "new", "--json")).Succeeds().Output).RootElement;
        JsonElement shown = JsonDocument.Parse((await network.RunAsync(Executables.Manager, "key", "show", "--json")).Succeeds().Output).RootElement;

        Assert.StartsWith(network.Directory, made.GetProperty("file").GetString(), StringComparison.Ordinal);
        Assert.Equal("node", made.GetProperty("kind").GetString());
        Assert.Equal(made.GetProperty("id").GetString(), shown.GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_key_that_others_can_read_is_refused_with_the_command_that_mends_it()
    {
        await using var network = new TestNetwork();
        string file = network.PathOf("bob.key");
        (await network.RunAsync(Executables.Manager, "key", "new", file)).Succeeds();
        (await network.RunAsync("chmod", "g+r", file)).Succeeds();

        string shown = (await network.RunAsync(Executables.Manager, "key", "show", file)).FailsWith(4);
        string started = (await network.RunAsync(Executables.Daemon, "-s", network.PathOf("s"), "-k", file)).FailsWith(4);

        Assert.Contains($"chmod 600 {file}", shown, StringComparison.Ordinal);
        Assert.Contains($"chmod 600 {file}", started, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_key_file_is_a_failure_and_not_an_unreachable_node()
    {
        await using var network = new TestNetwork();

        string line = (await network.RunAsync(Executables.Manager, "key", "show", network.PathOf("none"))).FailsWith(1);

        Assert.Contains(network.PathOf("none"), line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_link_with_a_network_key_made_here_and_refuse_those_without()
    {
        await using var network = new TestNetwork();
        string file = network.PathOf("office.psk");
        (await network.RunAsync(Executables.Manager, "key", "network", file)).Succeeds();
        Daemon a = await network.DaemonAsync("a", "--network-key", file);
        Daemon b = await network.DaemonAsync("b", "--network-key", file);
        Daemon stranger = await network.DaemonAsync("c");

        await TestNetwork.LinkAsync(a, b);
        Finished refused = await stranger.R2Async("connect", "--no-reconnect", $"tcp://{await b.ListenAsync()}");

        Assert.Contains("network key", refused.FailsWith(4), StringComparison.Ordinal);
        Assert.True((await a.AskAsync("info")).GetProperty("networkKey").GetBoolean());
    }
}
