using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Faults;

/// <summary>What can't be parsed: exit code 2, and one line with the part that is wrong and the right form.</summary>
public sealed class BadInputTests(BadInputTests.OneDaemon daemon) : IClassFixture<BadInputTests.OneDaemon>
{
    private const string Id = "6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC";

    [Theory]
    // Ids
    [InlineData("'0' at position 44", Id, "connect", "-n", "6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFg0", "cat")]
    [InlineData("45 characters", Id, "connect", Id + "C", "-")]
    [InlineData("'xyz'", Id, "trust", "xyz")]
    // Addresses
    [InlineData("'!'", "bob/carol/service:ssh", "ping", "!")]
    [InlineData("' ' at position 2", "bob/carol/service:ssh", "ping", "a b")]
    [InlineData("is empty", "bob/carol/service:ssh", "trace", "b//c")]
    [InlineData("service ''", "bob/carol/service:ssh", "tunnel", "b/service:", "-")]
    [InlineData("'c' follows the service", "bob/carol/service:ssh", "tunnel", "b/service:x/c", "-")]
    [InlineData("is empty", "bob/carol/service:ssh", "-t", "a//b", "ls")]
    [InlineData("b/service:x", "-t names a node", "-t", "b/service:x", "ls")]
    // Transports and endpoints
    [InlineData("No port", "tcp://HOST:PORT", "connect", "tcp://host")]
    [InlineData("No host", "tcp://HOST:PORT", "connect", "tcp://:80")]
    [InlineData("99999", "0 to 65535", "connect", "tcp://h:99999")]
    [InlineData("nope", "tcp://", "connect", "nope://x")]
    [InlineData("unix://", "unix:///path", "connect", "unix://")]
    [InlineData("empty", "tcp://HOST:PORT", "connect", "")]
    [InlineData("127.0.0.1:80", "tcp://0.0.0.0:47210", "listen", "127.0.0.1:80")]
    [InlineData("\"-\"", "unix:///path", "listen", "-")]
    // Options and commands
    [InlineData("'bad name'", "letters", "serve", "-n", "bad name", "cat")]
    [InlineData("'x'", "number", "ping", "-c", "x", "b")]
    [InlineData("'5parsecs'", "200ms", "ping", "--timeout", "5parsecs", "b")]
    [InlineData("'--nope'", "--help", "serve", "--nope", "cat")]
    [InlineData("'conect'", "'connect'", "conect", "-")]
    public async Task The_manager_names_the_part_and_shows_the_right_form(string part, string form, params string[] arguments)
    {
        string line = (await daemon.Daemon.R2Async(arguments)).FailsWith(2);

        Assert.StartsWith("r2: ", line, StringComparison.Ordinal);
        Assert.Contains(part, line, StringComparison.Ordinal);
        Assert.Contains(form, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'bad name'", "letters", "-n", "bad name")]
    [InlineData("127.0.0.1:80", "tcp://0.0.0.0:47210", "-l", "127.0.0.1:80")]
    [InlineData("'5x'", "200ms", "--keep-alive", "5x")]
    [InlineData("0.1 s", "1 to 3600", "--keep-alive", "0.1")]
    [InlineData("\"!\"", "whole id", "--allow", "!")]
    [InlineData("'--nope'", "--help", "--nope", "cat")]
    public async Task The_daemon_names_the_part_and_shows_the_right_form(string part, string form, params string[] arguments)
    {
        await using var network = new TestNetwork();

        string line = (await network.RunAsync("r2d", ["-s", network.PathOf("s"), "-k", network.PathOf("k"), .. arguments])).FailsWith(2);

        Assert.StartsWith("r2d: ", line, StringComparison.Ordinal);
        Assert.Contains(part, line, StringComparison.Ordinal);
        Assert.Contains(form, line, StringComparison.Ordinal);
        Assert.False(File.Exists(network.PathOf("s")));
    }

    /// <summary>The daemon that none of it reaches, or that none of it harms.</summary>
    public sealed class OneDaemon : IAsyncLifetime
    {
        private readonly TestNetwork _network = new();

        internal Daemon Daemon { get; private set; } = null!;

        public async Task InitializeAsync() => Daemon = await _network.DaemonAsync("a");

        public async Task DisposeAsync() => await _network.DisposeAsync();
    }
}
