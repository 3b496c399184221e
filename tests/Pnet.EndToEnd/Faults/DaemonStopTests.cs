using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Faults;

/// <summary>Daemons that are stopped while there is much going on.</summary>
public sealed class DaemonStopTests
{
    [Theory]
    [InlineData(Signals.Terminate)]
    [InlineData(Signals.Interrupt)]
    public async Task A_signal_ends_links_tunnels_and_programs_and_leaves_nothing(int signal)
    {
        await using var network = new TestNetwork();
        var (a, b, tunnel) = await BusyAsync(network);

        await b.StopAsync(signal);

        await AssertToldAsync(a, tunnel);
    }

    [Fact]
    public async Task Stop_ends_links_tunnels_and_programs_and_leaves_nothing()
    {
        await using var network = new TestNetwork();
        var (a, b, tunnel) = await BusyAsync(network);

        (await b.R2Async("stop")).Succeeds();

        Assert.Equal(0, await b.ExitAsync());
        Assert.False(File.Exists(b.SocketPath));
        Assert.Empty(b.Children());
        await AssertToldAsync(a, tunnel);
    }

    [Fact]
    public async Task A_daemon_that_lasts_until_the_end_of_its_input_ends_with_it()
    {
        await using var network = new TestNetwork();
        await using var daemon = Running.Start(Executables.Daemon, ["--until-eof", "-s", network.PathOf("x.sock"), "-k", network.PathOf("x.key")], network.Environment);
        await daemon.LineAsync("r2d: node ");
        Assert.True(File.Exists(network.PathOf("x.sock")));

        daemon.Input.Close();

        Assert.Equal(0, await daemon.ExitAsync());
        Assert.False(File.Exists(network.PathOf("x.sock")));
    }

    // b runs a transport program, listens, and serves a tunnel with a program that ignores SIGTERM.
    private static async Task<(Daemon A, Daemon B, Running Tunnel)> BusyAsync(TestNetwork network)
    {
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b", "-l", $"unix://{network.PathOf("peers")}", "--allow", "*", "trap '' TERM; echo up; while :; do sleep 1000; done");
        (await b.R2Async("connect", $"socat tcp:{await a.ListenAsync()} -")).Succeeds();
        await a.UntilLinkedToAsync(b);
        var tunnel = a.StartR2("tunnel", "b", "-");
        await tunnel.LineAsync("up");
        return (a, b, tunnel);
    }

    private static async Task AssertToldAsync(Daemon a, Running tunnel)
    {
        Assert.Contains("closed by the other node", await a.LogLineAsync("link.down"), StringComparison.Ordinal);
        Assert.NotEqual(0, await tunnel.ExitAsync());
        Assert.False(File.Exists(Path.Combine(Path.GetDirectoryName(a.SocketPath)!, "peers")));
    }
}
