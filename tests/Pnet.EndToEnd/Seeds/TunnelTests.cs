using System.Text;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Seeds;

/// <summary><c>tunnel</c> as seeds 1 and 3 have it: a program here joined to the tunnel process there.</summary>
public sealed class TunnelTests
{
    [Fact]
    public async Task The_daemon_starts_its_tunnel_process_anew_for_each_tunnel()
    {
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("sh", "-c", "echo $$; cat");

        Finished first = (await a.R2Async("one\n"u8.ToArray(), "tunnel", b.Id, "-")).Succeeds();
        Finished second = (await a.R2Async("two\n"u8.ToArray(), "tunnel", "b", "-")).Succeeds();

        Assert.EndsWith("\none\n", first.Output, StringComparison.Ordinal);
        Assert.EndsWith("\ntwo\n", second.Output, StringComparison.Ordinal);
        Assert.NotEqual(first.Output.Split('\n')[0], second.Output.Split('\n')[0]);
        await b.UntilWithoutChildrenAsync();
    }

    [Fact]
    public async Task A_tunnel_process_of_one_word_is_a_command_line()
    {
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("tr a-z A-Z");

        Assert.Equal("LOUD", (await a.R2Async("loud"u8.ToArray(), "tunnel", b.Id, "-")).Succeeds().Output);
    }

    [Fact]
    public async Task A_program_at_each_end_of_a_tunnel_talk_to_each_other()
    {
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("sh", "-c", "read question; echo \"$question: 42\"; cat");

        (await a.R2Async("tunnel", b.Id, $"echo answer; read answer; echo \"$answer\" > {network.PathOf("near")}")).Succeeds();

        Assert.Equal("answer: 42\n", await File.ReadAllTextAsync(network.PathOf("near")));
    }

    [Fact]
    public async Task A_program_at_the_near_end_reads_what_the_far_one_says()
    {
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("sh", "-c", "echo hi; cat");

        (await a.R2Async("tunnel", b.Id, $"head -n 1 > {network.PathOf("near")}")).Succeeds();

        Assert.Equal("hi\n", await File.ReadAllTextAsync(network.PathOf("near")));
    }

    [Fact]
    public async Task A_client_that_starts_the_tunnel_as_its_transport_talks_to_the_server_behind_it()
    {
        await using var network = new TestNetwork();
        // As iosh -t "r2 tunnel ID -" with ioshd: a client that runs a command line as its connection, and a shell as the server.
        var (a, b) = await network.PairAsync("sh");

        Finished client = await network.ShAsync(
            $"printf 'echo from $((6*7))\\nexit\\n' | socat -t 10 - exec:'r2 tunnel {b.Id} -'", null, ("PNET_SOCKET_PATH", a.SocketPath));

        Assert.Equal("from 42\n", client.Succeeds().Output);
    }

    [Fact]
    public async Task A_tunnel_is_a_transport_for_another_link()
    {
        await using var network = new TestNetwork();
        Daemon c = await network.DaemonAsync("c");
        var (a, b) = await network.PairAsync($"socat tcp:{await c.ListenAsync()} -");

        (await a.R2Async("connect", "-n", c.Id, $"{Executables.Manager} -s {a.SocketPath} tunnel {b.Id} -")).Succeeds();

        await c.UntilLinkedToAsync(a);
        (await a.R2Async("ping", "-c", "1", c.Id)).Succeeds();
    }

    [Fact]
    public async Task A_service_of_another_name_is_addressed_by_it()
    {
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("echo tunnel");
        (await b.R2Async("serve", "-n", "other", "echo", "other")).Succeeds();

        Assert.Equal("tunnel\n", (await a.R2Async("tunnel", "b", "-")).Succeeds().Output);
        Assert.Equal("other\n", (await a.R2Async("tunnel", "b/service:other", "-")).Succeeds().Output);
    }

    [Fact]
    public async Task Bytes_of_every_value_and_number_arrive_as_they_were()
    {
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("cat");
        var random = new Random(17);
        foreach (int size in (int[])[0, 1, 65_535, 65_536, 65_537, 3_000_001])
        {
            byte[] bytes = new byte[size];
            random.NextBytes(bytes);

            byte[] back = (await a.R2Async(bytes, "tunnel", b.Id, "-")).Succeeds().Bytes;

            Assert.True(bytes.AsSpan().SequenceEqual(back), $"{size} bytes became {back.Length}");
        }
    }

    [Fact]
    public async Task Only_known_nodes_may_use_the_tunnel_process()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b", "cat");
        await TestNetwork.LinkAsync(a, b);

        string line = (await a.R2Async("tunnel", "b", "-")).FailsWith(4);
        Assert.Contains("does not know", line, StringComparison.Ordinal);
        (await b.R2Async("trust", a.Id)).Succeeds();

        Assert.Equal("now", (await a.R2Async(Encoding.UTF8.GetBytes("now"), "tunnel", "b", "-")).Succeeds().Output);
    }
}
