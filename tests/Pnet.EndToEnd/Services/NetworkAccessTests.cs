using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Services;

/// <summary>Who may call what: messages, commands, files, content and streams, with a network key and without one.</summary>
public sealed class NetworkAccessTests
{
    private const string Echo = """while read -r line; do echo "{\"output\":$line}"; echo "{\"end\":true}"; done""";

    /// <summary>The ways to call something of another node, as a user has them; <c>PATH</c> is the node, <c>CONTENT</c> an address, <c>DIR</c> a directory.</summary>
    private static readonly string[][] Calls =
    [
        ["send", "PATH", "hello"],
        ["call", "PATH", "echo", "1"],
        ["call", "PATH", "get_funcs"],
        ["call", "PATH", "get_peers"],
        ["commands", "PATH"],
        ["services", "PATH"],
        ["cp", "DIR/mine", "PATH:new"],
        ["cp", "PATH:theirs", "DIR/got"],
        ["fetch", "--from", "PATH", "CONTENT", "DIR/fetched"],
        ["tunnel", "PATH/service:upper", "-"],
        ["invoke", "PATH", "upper"],
        ["-t", "PATH", "ls"],
    ];

    [Fact]
    public async Task Holders_of_a_network_key_use_everything_of_each_other_through_a_holder()
    {
        await using var network = new TestNetwork();
        string key = await KeyAsync(network);
        Daemon alice = await network.DaemonAsync("alice", "--network-key", key);
        Daemon bob = await network.DaemonAsync("bob", "--network-key", key);
        Daemon carol = await network.DaemonAsync("carol", "--network-key", key);
        await TestNetwork.LinkAsync(alice, bob);
        await TestNetwork.LinkAsync(bob, carol);
        string content = await OfferAsync(network, carol);

        foreach (string[] call in Calls)
            (await alice.R2Async("abc"u8.ToArray(), Words(call, $"bob/{carol.Id}", content, network.Directory))).Succeeds();

        Assert.Equal("alice: hello\n", (await carol.R2Async("recv")).Succeeds().Output);
        Assert.Equal("mine", await File.ReadAllTextAsync(network.PathOf("share/new")));
        Assert.Equal("theirs", await File.ReadAllTextAsync(network.PathOf("got")));
        Assert.Equal("theirs", await File.ReadAllTextAsync(network.PathOf("fetched")));
        Assert.Equal("ABC", (await alice.R2Async("abc"u8.ToArray(), "tunnel", $"bob/{carol.Id}/service:upper", "-")).Succeeds().Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_has_no_network_key_or_another_one_calls_nothing(bool another)
    {
        await using var network = new TestNetwork();
        string key = await KeyAsync(network);
        Daemon bob = await network.DaemonAsync("bob", "--network-key", key, "--allow", "*");
        Daemon carol = await network.DaemonAsync("carol", "--network-key", key, "--allow", "*");
        Daemon mallory = await network.DaemonAsync("mallory", another ? ["--network-key", await KeyAsync(network, "other")] : []);
        await TestNetwork.LinkAsync(bob, carol);
        string content = await OfferAsync(network, carol);
        string endpoint = await carol.ListenAsync();

        // Neither by its own link, nor through a holder; also where everybody is allowed and the ids are trusted.
        (await carol.R2Async("trust", mallory.Id)).Succeeds();
        (await bob.R2Async("trust", mallory.Id)).Succeeds();
        Assert.Contains("network key", (await mallory.R2Async("connect", $"tcp://{endpoint}")).FailsWith(4), StringComparison.Ordinal);
        Assert.Contains("network key", (await mallory.R2Async("connect", $"tcp://{await bob.ListenAsync()}")).FailsWith(4), StringComparison.Ordinal);
        foreach (string path in new[] { carol.Id, $"{bob.Id}/{carol.Id}" })
            await CallsNothingAsync(network, mallory, path, content, 3);
        await NothingHappenedAsync(network, carol);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_is_not_known_calls_nothing(bool throughRelay)
    {
        await using var network = new TestNetwork();
        Daemon bob = await network.DaemonAsync("bob");
        Daemon carol = await network.DaemonAsync("carol");
        Daemon mallory = await network.DaemonAsync("mallory");
        await TestNetwork.LinkAsync(bob, carol);
        await TestNetwork.LinkAsync(mallory, throughRelay ? bob : carol);
        string content = await OfferAsync(network, carol);

        await CallsNothingAsync(network, mallory, throughRelay ? $"bob/{carol.Id}" : carol.Id, content, 4);

        // It was known for a while.
        (await carol.R2Async("trust", mallory.Id)).Succeeds();
        (await mallory.R2Async("call", throughRelay ? $"bob/{carol.Id}" : carol.Id, "echo", "1")).Succeeds();
        (await carol.R2Async("untrust", mallory.Id)).Succeeds();
        await CallsNothingAsync(network, mallory, throughRelay ? $"bob/{carol.Id}" : carol.Id, content, 4);
        await NothingHappenedAsync(network, carol);
    }

    private static async Task CallsNothingAsync(TestNetwork network, Daemon caller, string path, string content, int exitCode)
    {
        foreach (string[] call in Calls)
        {
            Finished called = await caller.R2Async("abc"u8.ToArray(), Words(call, path, content, network.Directory));
            // Of a fetch it is the content that isn't found, and why is said behind it.
            Assert.True(called.ExitCode == exitCode || (call[0] == "fetch" && called.ExitCode != 0), called.ToString());
            Assert.Empty(called.Output);
            Assert.NotEmpty(called.Error);
        }
    }

    private static async Task NothingHappenedAsync(TestNetwork network, Daemon carol)
    {
        Assert.Empty((await carol.R2Async("recv")).Succeeds().Output);
        Assert.Equal([network.PathOf("share/theirs")], Directory.GetFileSystemEntries(network.PathOf("share")));
        Assert.False(File.Exists(network.PathOf("got")));
        Assert.False(File.Exists(network.PathOf("fetched")));
    }

    // One of everything; returns the address of the content.
    private static async Task<string> OfferAsync(TestNetwork network, Daemon node)
    {
        Directory.CreateDirectory(network.PathOf("share"));
        await File.WriteAllTextAsync(network.PathOf("share/theirs"), "theirs");
        await File.WriteAllTextAsync(network.PathOf("mine"), "mine");
        (await node.R2Async("serve", "-n", "cmd.echo", Echo)).Succeeds();
        (await node.R2Async("serve", "-n", "upper", "tr a-z A-Z")).Succeeds();
        (await node.R2Async("serve", "--directory", network.PathOf("share"), "--write")).Succeeds();
        return (await node.R2Async("publish", network.PathOf("share/theirs"))).Succeeds().Output.Trim();
    }

    private static string[] Words(string[] call, string path, string content, string directory) => Array.ConvertAll(
        call,
        word => word.Replace("PATH", path, StringComparison.Ordinal).Replace("CONTENT", content, StringComparison.Ordinal).Replace("DIR", directory, StringComparison.Ordinal));

    private static async Task<string> KeyAsync(TestNetwork network, string name = "office")
    {
        string file = network.PathOf($"{name}.psk");
        (await network.RunAsync("r2", "key", "network", file)).Succeeds();
        return file;
    }
}
