using System.Net;
using System.Net.Sockets;
using System.Text;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Faults;

/// <summary>How tunnels end.</summary>
public sealed class TunnelFaultTests
{
    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("cat >/dev/null; exit 7", 7)]
    [InlineData("nosuchprogram", 127)]
    [InlineData("kill -TERM $$", 143)]
    [InlineData("head -c 1; kill -KILL $$", 137)]
    public async Task The_far_program_s_exit_status_is_that_of_the_tunnel(string program, int status)
    {
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync(program + " "); // A single word would be a path; a space makes it a line for the shell.

        (await a.R2Async("a few bytes"u8.ToArray(), "tunnel", "b", "-")).Exits(status);
    }

    [Fact]
    public async Task A_far_program_that_exits_while_the_near_side_goes_on_sending_ends_the_tunnel()
    {
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("head -c 100000 | wc -c; exit 3");

        Finished tunnel = await network.ShAsync($"r2 -s {a.SocketPath} tunnel b 'yes'");

        tunnel.Exits(3);
        await b.UntilWithoutChildrenAsync();
    }

    [Fact]
    public async Task The_last_words_of_a_far_program_that_exits_arrive_all()
    {
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("head -c 5000000 /dev/zero; exit 5");

        Finished tunnel = await network.ShAsync($"r2 -s {a.SocketPath} tunnel b - < /dev/null | (sleep 1; wc -c)");

        Assert.Equal("5000000", tunnel.Succeeds().Output.Trim());
    }

    [Fact]
    public async Task A_reader_that_pauses_gets_all_that_a_program_said_which_closed_its_input()
    {
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("perl -e 'shutdown(STDIN, 0); print \"x\" x 1000000 for 1..40'");

        // The pause is longer than a side that takes nothing and says nothing is waited for.
        Finished tunnel = await network.ShAsync($"(yes 2>/dev/null | r2 -s {a.SocketPath} tunnel b -; echo $? >&2) | (sleep 7; wc -c)");

        Assert.Equal("40000000", tunnel.Succeeds().Output.Trim());
        Assert.Equal("0", tunnel.Error.Trim());
    }

    [Fact]
    public async Task The_end_of_the_near_program_s_output_reaches_the_far_one_which_still_answers()
    {
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("wc -c; exit 4");

        Assert.Equal("100000", (await a.R2Async(new byte[100_000], "tunnel", "b", "-")).Exits(4).Output.Trim());
    }

    [Fact]
    public async Task The_end_of_the_far_side_s_output_reaches_the_near_program_which_still_sends()
    {
        await using var network = new TestNetwork();
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var (a, b) = await network.PairAsync($"tcp://{server.LocalEndpoint}");
        var near = a.StartR2WithStreams("tunnel", "b", "-");
        using Socket far = await server.AcceptSocketAsync().WaitAsync(Bounded.Wait);

        far.Send("bye"u8);
        far.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(near.Output);
        Assert.Equal("bye", await reader.ReadToEndAsync().WaitAsync(Bounded.Wait));
        await near.Input.WriteAsync("not yet"u8.ToArray());
        near.Input.Close();

        Assert.Equal("not yet", await ReceiveToEndAsync(far).WaitAsync(Bounded.Wait));
        Assert.Equal(0, await near.ExitAsync());
    }

    [Theory]
    [InlineData(Signals.Terminate, 143)]
    [InlineData(Signals.Interrupt, 130)]
    [InlineData(Signals.Kill, 137)]
    public async Task A_near_end_that_is_killed_ends_the_far_program(int signal, int code)
    {
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("echo up; sleep 1000 & wait; sleep 1000");
        var near = a.StartR2("tunnel", "b", "-");
        await near.LineAsync("up");

        near.Signal(signal);

        Assert.Equal(code, await near.ExitAsync());
        await b.UntilWithoutChildrenAsync();
        await a.UntilWithoutTunnelsAsync();
        Assert.Equal("up", near.Text);
    }

    [Fact]
    public async Task A_program_at_the_near_end_is_ended_with_the_far_one()
    {
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("read line; exit 6");

        (await a.R2Async("tunnel", "b", "echo go; sleep 1000 & wait")).Exits(6);

        Assert.Empty(ProcessTable.Marked(network.Mark));
    }

    [Fact]
    public async Task A_program_at_the_near_end_deals_with_what_it_was_given_though_the_far_one_has_exited()
    {
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("printf 'last words'");

        // It begins to read after the far program's end is told, and writes to its output first, which nobody reads any more.
        (await a.R2Async("tunnel", "b", $"sleep 1; tee {network.PathOf("near")}")).Succeeds();

        Assert.Equal("last words", await File.ReadAllTextAsync(network.PathOf("near")));
    }

    [Fact]
    public async Task A_tunnel_that_is_removed_ends_both_programs()
    {
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("cat; sleep 1000");
        string started = (await a.R2Async("tunnel", "--background", "b", "echo hi; sleep 1000")).Succeeds().Output;
        Assert.StartsWith("tunnel 1 ", started, StringComparison.Ordinal);
        await Bounded.UntilAsync("both programs", () => a.Children().Count > 0 && b.Children().Count > 0);

        (await a.R2Async("untunnel", "1")).Succeeds();

        await a.UntilWithoutChildrenAsync();
        await b.UntilWithoutChildrenAsync();
    }

    private static async Task<string> ReceiveToEndAsync(Socket socket)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[100];
        while (await socket.ReceiveAsync(buffer) is > 0 and int count)
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        return text.ToString();
    }
}
