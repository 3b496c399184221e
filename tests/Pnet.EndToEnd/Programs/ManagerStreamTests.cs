using System.Security.Cryptography;
using System.Text;
using Pnet.Control;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Programs;

/// <summary>What passes between <c>r2</c> and its daemon on the way through a relay: in the clear there, and as exact as on any link.</summary>
public sealed class ManagerStreamTests : IAsyncLifetime
{
    private const string Words = "words that nobody else should read";

    private readonly TestNetwork _network = new();
    private Daemon _alice = null!;
    private Daemon _bob = null!;
    private Daemon _carol = null!;

    private string Carol => $"bob/{_carol.Id}";

    public async Task InitializeAsync()
    {
        _alice = await _network.DaemonAsync("alice");
        _bob = await _network.DaemonAsync("bob");
        _carol = await _network.DaemonAsync("carol", "--allow", _alice.Id, "cat");
        await TestNetwork.LinkAsync(_alice, _bob);
        await TestNetwork.LinkAsync(_bob, _carol);
    }

    public async Task DisposeAsync() => await _network.DisposeAsync();

    [Fact]
    public async Task A_manager_and_its_daemon_speak_in_the_clear_also_where_it_is_in_the_background()
    {
        await UntilClearAsync(_alice.SocketPath, 1);

        string socket = _network.PathOf("background.sock");
        (await _network.ShAsync($"r2d -d -k $HOME/background.key -s {socket}")).Succeeds();
        await UntilClearAsync(socket, 1);
        (await _network.ShAsync($"r2 -s {socket} stop")).Succeeds();
    }

    [Fact]
    public async Task Through_a_program_that_forwards_the_socket_everything_is_encrypted()
    {
        string forward = _network.PathOf("forward.sock");
        var socat = _network.Start(
            "socat", "-d", "-d", "-r", _network.PathOf("there"), "-R", _network.PathOf("back"), $"unix-listen:{forward},fork", $"unix-connect:{_alice.SocketPath}");
        await socat.LineAsync("listening on");

        Finished tunnel = await _network.ShAsync($"printf '{Words}' | r2 -s {forward} tunnel {Carol} -");

        Assert.Equal(Words, tunnel.Succeeds().Output);
        await UntilClearAsync(forward, 0);
        foreach (string file in (string[])["there", "back"])
        {
            byte[] passed = await File.ReadAllBytesAsync(_network.PathOf(file));
            Assert.True(passed.Length > Words.Length && passed.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Words)) < 0, $"{file}: {passed.Length} bytes");
        }
    }

    [Fact]
    public async Task Bytes_both_ways_at_once_arrive_as_they_were()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(20_000_001);
        var tunnel = _alice.StartR2WithStreams("tunnel", Carol, "-");

        Task<byte[]> back = SHA256.HashDataAsync(tunnel.Output).AsTask();
        await tunnel.Input.WriteAsync(bytes).AsTask().WaitAsync(Bounded.Wait);
        tunnel.Input.Close();

        Assert.Equal(SHA256.HashData(bytes), await back.WaitAsync(Bounded.Wait));
        Assert.Equal(0, await tunnel.ExitAsync());
    }

    [Fact]
    public async Task A_manager_that_is_killed_while_it_sends_has_not_ended_its_input()
    {
        var tunnel = _alice.StartR2WithStreams("tunnel", Carol, "-");
        await tunnel.Input.WriteAsync(new byte[1_000_000]);
        await tunnel.Output.ReadExactlyAsync(new byte[1_000_000]).AsTask().WaitAsync(Bounded.Wait);

        tunnel.Signal(Signals.Kill);
        await tunnel.ExitAsync();

        await _alice.UntilWithoutTunnelsAsync();
        TunnelInfo ended = Assert.Single(await _alice.WithControlAsync(control => control.GetTunnelsAsync()));
        Assert.Equal(TunnelState.Failed, ended.State);
        await _carol.UntilWithoutChildrenAsync();
    }

    // The one that asks counts too, and those that have just left may for a moment.
    private static async Task UntilClearAsync(string socket, long managers)
    {
        await using var control = await ControlClient.ConnectAsync(socket);
        await Bounded.UntilAsync($"{managers} managers in the clear", async () => (await control.GetMetricsAsync())["managers.clear"] == managers);
    }
}
