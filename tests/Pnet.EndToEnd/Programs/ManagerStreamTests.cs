using System.Security.Cryptography;
using System.Text;
using Pnet.Control;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Programs;

/// <summary>What passes between <c>r2</c> and its daemon on the way through a relay: in the clear there, and as exact as on any link.</summary>
public sealed class ManagerStreamTests : RowTest
{
    private const string Words = "words that nobody else should read";

    private string Echo => $"{ToCarol}/service:echo";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Carol.ServeAsync("echo", "cat");
    }

    [Fact]
    public async Task A_manager_and_its_daemon_speak_in_the_clear_also_where_it_is_in_the_background()
    {
        await UntilClearAsync(Alice.SocketPath, 1);

        string socket = Network.PathOf("background.sock");
        (await Network.ShAsync($"r2d -d -k $HOME/background.key -s {socket}")).Succeeds();
        await UntilClearAsync(socket, 1);
        (await Network.ShAsync($"r2 -s {socket} stop")).Succeeds();
    }

    [Fact]
    public async Task Through_a_program_that_forwards_the_socket_everything_is_encrypted()
    {
        string forward = Network.PathOf("forward.sock");
        var socat = Network.Start(
            "socat", "-d", "-d", "-r", Network.PathOf("there"), "-R", Network.PathOf("back"), $"unix-listen:{forward},fork", $"unix-connect:{Alice.SocketPath}");
        await socat.LineAsync("listening on");

        Finished tunnel = await Network.ShAsync($"printf '{Words}' | r2 -s {forward} tunnel {Echo} -");

        Assert.Equal(Words, tunnel.Succeeds().Output);
        await UntilClearAsync(forward, 0);
        foreach (string file in (string[])["there", "back"])
        {
            byte[] passed = await File.ReadAllBytesAsync(Network.PathOf(file));
            Assert.True(passed.Length > Words.Length && passed.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Words)) < 0, $"{file}: {passed.Length} bytes");
        }
    }

    [Fact]
    public async Task Bytes_both_ways_at_once_arrive_as_they_were()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(20_000_001);
        var tunnel = Alice.StartR2WithStreams("tunnel", Echo, "-");

        Task<byte[]> back = SHA256.HashDataAsync(tunnel.Output).AsTask();
        await tunnel.Input.WriteAsync(bytes).AsTask().WaitAsync(Bounded.Wait);
        tunnel.Input.Close();

        Assert.Equal(SHA256.HashData(bytes), await back.WaitAsync(Bounded.Wait));
        Assert.Equal(0, await tunnel.ExitAsync());
    }

    [Fact]
    public async Task A_manager_that_is_killed_while_it_sends_has_not_ended_its_input()
    {
        var tunnel = Alice.StartR2WithStreams("tunnel", Echo, "-");
        Task back = tunnel.Output.ReadExactlyAsync(new byte[1_000_000]).AsTask();
        await tunnel.Input.WriteAsync(new byte[1_000_000]).AsTask().WaitAsync(Bounded.Wait);
        await back.WaitAsync(Bounded.Wait);

        tunnel.Signal(Signals.Kill);
        await tunnel.ExitAsync();

        await Alice.UntilWithoutTunnelsAsync();
        TunnelInfo ended = Assert.Single(await Alice.WithControlAsync(control => control.GetTunnelsAsync()));
        Assert.Equal(TunnelState.Failed, ended.State);
        await Carol.UntilWithoutChildrenAsync();
    }

    // The one that asks counts too, and those that have just left may for a moment.
    private static async Task UntilClearAsync(string socket, long managers)
    {
        await using var control = await ControlClient.ConnectAsync(socket);
        await Bounded.UntilAsync($"{managers} managers in the clear", async () => (await control.GetMetricsAsync())["managers.clear"] == managers);
    }
}
