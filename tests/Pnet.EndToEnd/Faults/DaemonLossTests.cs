using Pnet.Addressing;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Faults;

/// <summary>Daemons that vanish without a word.</summary>
public sealed class DaemonLossTests
{
    [Fact]
    public async Task A_daemon_that_stood_still_for_longer_than_it_waits_for_others_keeps_its_links()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a", "--keep-alive", "1s");
        Daemon b = await network.DaemonAsync("b", "--keep-alive", "5m");
        await TestNetwork.LinkAsync(a, b);

        // As a machine that sleeps; b has nothing to say meanwhile.
        a.Signal(Signals.Stop);
        (await network.ShAsync("sleep 3")).Succeeds();
        a.Signal(Signals.Continue);

        (await a.R2Async("ping", "-c", "3", "-i", "1s", "b")).Succeeds();
        Assert.DoesNotContain("link.down", a.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_killed_in_the_middle_of_a_transfer_is_reported_and_linked_again_once_it_is_back()
    {
        await using var network = new TestNetwork();
        string peers = $"unix://{network.PathOf("peers")}";
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b", "-l", peers, "--allow", "*", "cat");
        string id = b.Id;
        (await a.R2Async("connect", peers)).Succeeds();
        var log = await StartLogAsync(a);
        var tunnel = a.StartR2WithStreams("tunnel", "b", "-");
        Task sending = SendForEverAsync(tunnel.Input);
        await tunnel.Output.ReadExactlyAsync(new byte[10_000_000]).AsTask().WaitAsync(Bounded.Wait);

        await b.KillAsync();

        // The kernel closes a killed program's sockets, so this needs no keep-alive.
        Assert.Contains(id, await log.LineAsync("link.down"), StringComparison.Ordinal);
        await tunnel.Output.CopyToAsync(Stream.Null).WaitAsync(Bounded.Wait);
        Assert.NotEqual(0, await tunnel.ExitAsync());
        Assert.Contains("ended", tunnel.Text, StringComparison.Ordinal);
        await sending;

        // Same key, same endpoint, and the socket files that the killed one left.
        Daemon again = await network.DaemonAsync("b", "-l", peers, "--allow", "*", "cat");
        Assert.Equal(id, again.Id);
        Assert.Contains(id, await log.LineAsync("link.up"), StringComparison.Ordinal);
        Assert.Equal("back", (await a.R2Async("back"u8.ToArray(), "tunnel", "b", "-")).Succeeds().Output);
    }

    [Fact]
    public async Task A_link_that_was_not_to_be_reconnected_is_not()
    {
        await using var network = new TestNetwork();
        string peers = $"unix://{network.PathOf("peers")}";
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b", "-l", peers);
        (await a.R2Async("connect", "--no-reconnect", peers)).Succeeds();

        await b.KillAsync();

        await a.LogLineAsync("link.down");
        Assert.Equal("[]", (await a.R2Async("ls", "--json")).Succeeds().Output.Trim());
    }

    [Fact]
    public async Task A_daemon_that_hangs_is_reported_within_the_keep_alive_and_linked_again_once_it_goes_on()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a", "--keep-alive", "2");
        Daemon b = await network.DaemonAsync("b");
        await TestNetwork.LinkAsync(a, b);
        await a.LogLineAsync("link.up");

        // a hears of b, and then no more. When is told by a itself, and not by how soon it is looked at.
        await using var control = await Control.ControlClient.ConnectAsync(a.SocketPath);
        DateTimeOffset began = DateTimeOffset.UtcNow;
        await foreach (var reply in control.PingAsync(new Control.PingRequest { Address = AddressPath.Parse("b"), Count = 1 }))
            Assert.NotNull(reply.RoundTrip);
        b.Signal(Signals.Stop);
        string line;
        try
        {
            line = await a.LogLineAsync("link.down");
        }
        finally
        {
            b.Signal(Signals.Continue);
        }

        Assert.Contains("nothing was heard for 2 s", line, StringComparison.Ordinal);
        // The time itself, a period of its check, and what a busy machine adds.
        var down = Assert.Single(await control.GetEventsAsync(new Control.EventQuery { Kinds = ["link.down"] }));
        Assert.InRange((down.Time - began).TotalSeconds, 1.5, 10);
        await a.LogLineAsync("link.up");
    }

    [Fact]
    public async Task A_daemon_that_goes_says_goodbye()
    {
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("cat");

        await b.StopAsync();

        Assert.Contains("closed by the other node", await a.LogLineAsync("link.down"), StringComparison.Ordinal);
    }

    private static async Task<Running> StartLogAsync(Daemon daemon)
    {
        var log = daemon.StartR2("log", "--json");
        // It tells of what happens from the moment it asks: something has to happen until it does.
        await Bounded.UntilAsync("r2 log to follow", async () =>
        {
            await daemon.WithControlAsync(control => control.AddServiceAsync(new Control.ServiceRequest { Name = "probe", Transport = "true" }));
            await daemon.WithControlAsync(async control =>
            {
                await control.RemoveServiceAsync("probe");
                return true;
            });
            return log.Text.Contains("service.", StringComparison.Ordinal);
        });
        return log;
    }

    private static async Task SendForEverAsync(Stream output)
    {
        byte[] bytes = new byte[64 * 1024];
        try
        {
            while (true)
                await output.WriteAsync(bytes);
        }
        catch (IOException)
        {
            // The tunnel has ended.
        }
    }
}
