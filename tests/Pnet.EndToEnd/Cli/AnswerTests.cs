using System.Text.Json;
using Pnet.Addressing;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Cli;

/// <summary>What <c>r2</c> answers: tables for people, JSON for programs, exit codes for scripts.</summary>
public sealed class AnswerTests
{
    private const int Columns = 100;

    [Fact]
    public async Task Json_has_ids_in_base58_states_in_lower_case_and_round_trips_in_milliseconds()
    {
        await using var network = new TestNetwork();
        var (a, b) = await network.PairAsync("cat");

        JsonElement peer = Assert.Single((await a.AskAsync("ls")).EnumerateArray());
        JsonElement ping = await a.AskAsync("ping", "-c", "1", "b");
        JsonElement hop = await a.AskAsync("trace", "b");
        JsonElement service = Assert.Single((await b.AskAsync("services")).EnumerateArray());

        Assert.Equal(b.Id, peer.GetProperty("id").GetString());
        Assert.Equal("up", peer.GetProperty("state").GetString());
        Assert.True(peer.GetProperty("outbound").GetBoolean());
        Assert.InRange(ping.GetProperty("roundTripMs").GetDouble(), 0.001, 30_000);
        Assert.Equal(b.Id, hop.GetProperty("id").GetString());
        Assert.Equal("cat", service.GetProperty("transport").GetString());
        Assert.Equal(a.Id, (await a.AskAsync("info")).GetProperty("id").GetString());
        Assert.Equal(JsonValueKind.Object, (await a.AskAsync("metrics")).ValueKind);
        Assert.Equal(JsonValueKind.Array, (await a.AskAsync("tunnels")).ValueKind);
        Assert.Equal(JsonValueKind.Array, (await a.AskAsync("trust")).ValueKind);
        Assert.StartsWith("tcp://", (await a.AskAsync("listen", "tcp://127.0.0.1:0")).GetProperty("endpoint").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_of_a_stream_is_a_document_a_line()
    {
        await using var network = new TestNetwork();
        var (a, _) = await network.PairAsync();

        string[] lines = (await a.R2Async("ping", "-c", "3", "-i", "10ms", "--json", "b")).Succeeds().Output.TrimEnd().Split('\n');

        Assert.Equal([1, 2, 3], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("sequence").GetInt32()));
    }

    [Fact]
    public async Task Tables_have_a_header_and_fit_a_hundred_columns_however_long_the_transport()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b");
        string transport = $"socat -d -d -d -T 3600 tcp:{await b.ListenAsync()},nodelay,keepalive,connect-timeout=30 -";
        (await a.R2Async("connect", transport)).Succeeds();
        (await a.R2Async("serve", "-n", "long", transport)).Succeeds();

        foreach (string[] command in (string[][])[["ls"], ["services"], ["listeners"], ["tunnels"], ["metrics"], ["trust"], ["trace", "b"]])
        {
            string[] lines = (await a.R2Async(command)).Succeeds().Output.TrimEnd().Split('\n');
            Assert.Equal(lines[0].ToUpperInvariant(), lines[0]);
            Assert.All(lines, line => Assert.True(line.Length <= Columns, line));
        }

        Assert.Contains(transport, (await a.R2Async("ls", "--long")).Succeeds().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Colours_are_for_terminals_and_not_for_those_that_decline_them()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");

        string onTerminal = (await network.ShAsync($"script -qec 'r2 -s {a.SocketPath} ls' /dev/null", null, ("TERM", "xterm"), ("NO_COLOR", ""))).Succeeds().Output;
        string declined = (await network.ShAsync($"script -qec 'r2 -s {a.SocketPath} ls' /dev/null", null, ("TERM", "xterm"), ("NO_COLOR", "1"))).Succeeds().Output;
        string toPipe = (await a.R2Async("ls")).Succeeds().Output;

        Assert.Contains("\e[1mLINK\e[0m", onTerminal, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', declined.Replace("\e[?1h\e=", "", StringComparison.Ordinal));
        Assert.DoesNotContain('\e', toPipe);
    }

    [Fact]
    public async Task Exit_codes_tell_unreachable_refused_and_failed_apart()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b", "cat");
        await TestNetwork.LinkAsync(a, b);

        (await a.R2Async("ping", "-c", "1", "nobody")).FailsWith(3);
        (await a.R2Async("disconnect", "nobody")).FailsWith(3);
        (await a.R2Async("connect", "--no-reconnect", $"tcp://127.0.0.1:{Ports.Free()}")).FailsWith(3);
        (await a.R2Async("tunnel", "b", "-")).FailsWith(4);
        (await a.R2Async("services", "b")).FailsWith(4);
        (await a.R2Async("unserve", "nothing")).FailsWith(1);
        (await a.R2Async("untunnel", "77")).FailsWith(1);
        (await a.R2Async("untrust", "nobody")).FailsWith(1);
        (await b.R2Async("serve", "cat")).FailsWith(1);
    }

    [Fact]
    public async Task Several_words_are_one_command_whose_quotes_and_options_stay_its_own()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b", "--allow", "*", "printf", "%s|", "-n", "two words", "it's");
        await TestNetwork.LinkAsync(a, b);
        (await b.R2Async("serve", "-n", "args", "--allow", "*", "printf", "<%s>", "--json", "$HOME")).Succeeds();

        Assert.Equal("-n|two words|it's|", (await a.R2Async("tunnel", "b", "-")).Succeeds().Output);
        Assert.Equal("<--json><$HOME>", (await a.R2Async("tunnel", "b/service:args", "-")).Succeeds().Output);
        (await a.R2Async("tunnel", "b", "tee", network.PathOf("out"))).Succeeds();
        Assert.Equal("-n|two words|it's|", await File.ReadAllTextAsync(network.PathOf("out")));
    }

    [Fact]
    public async Task Options_may_follow_a_transport_that_is_one_word()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b");

        Finished connected = await a.R2Async("connect", $"tcp://{await b.ListenAsync()}", "-n", b.Id, "--json");

        Assert.Equal(b.Id, JsonDocument.Parse(connected.Succeeds().Output).RootElement.GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_tunnel_exits_as_the_far_program_does()
    {
        await using var network = new TestNetwork();
        var (a, _) = await network.PairAsync("cat; exit 7");

        Finished tunnel = await a.R2Async("hello"u8.ToArray(), "tunnel", "b", "-");

        Assert.Equal("hello", tunnel.Exits(7).Output);
    }

    [Fact]
    public async Task Log_follows_events_until_it_is_interrupted()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b");
        Running log = b.StartR2("log", "--json");
        // What happens before the log is there is not in it; so it is made to happen until it is.
        await Bounded.UntilAsync("an event", async () =>
        {
            (await b.R2Async("listen", $"unix://{network.PathOf(Guid.NewGuid().ToString("N")[..8])}")).Succeeds();
            return log.Text.Length > 0;
        });

        await TestNetwork.LinkAsync(a, b);
        JsonElement up = JsonDocument.Parse(await log.LineAsync("link.up")).RootElement;
        log.Signal(Signals.Interrupt);

        Assert.Equal(0, await log.ExitAsync());
        Assert.Equal(NodeId.Parse(a.Id).ToString(), up.GetProperty("peer").GetString());
    }

    [Fact]
    public async Task Log_shows_what_has_happened_and_ends_or_goes_on()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        foreach (string name in (string[])["one", "two", "three"])
            (await a.R2Async("listen", $"unix://{network.PathOf(name)}")).Succeeds();

        Finished all = (await a.R2Async("log", "--no-follow", "--kind", "listener.*")).Succeeds();
        Finished last = (await a.R2Async("log", "--no-follow", "--last", "1")).Succeeds();
        Running log = a.StartR2("log", "--last", "2", "--json");
        string second = await log.LineAsync("two");
        await log.LineAsync("three");
        (await a.R2Async("unlisten", $"unix://{network.PathOf("one")}")).Succeeds();
        string closed = await log.LineAsync("listener.closed");
        log.Signal(Signals.Interrupt);

        Assert.Equal(0, await log.ExitAsync());
        Assert.Equal(3, all.Output.Split('\n').Count(line => line.Contains("listener.open", StringComparison.Ordinal)));
        Assert.Contains("/three", Assert.Single(last.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal("listener.open", JsonDocument.Parse(second).RootElement.GetProperty("kind").GetString());
        Assert.Contains("/one", closed, StringComparison.Ordinal);
        Assert.Contains("1024", (await a.R2Async("log", "--last", "1000000")).FailsWith(2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_has_seen_enough_ends_a_command_without_a_word()
    {
        await using var network = new TestNetwork();
        var (a, _) = await network.PairAsync("cat");

        Finished piped = await network.ShAsync($"r2 -s {a.SocketPath} ping -c 0 -i 10ms --json b 2>err | head -n 1; cat err >&2; r2 -s {a.SocketPath} --help | head -n 1");

        Assert.Equal(2, piped.Succeeds().Output.TrimEnd().Split('\n').Length);
        Assert.DoesNotContain("Exception", piped.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("rror", piped.Error, StringComparison.Ordinal);
    }
}
