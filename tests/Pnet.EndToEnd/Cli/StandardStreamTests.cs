using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Cli;

/// <summary>Standard input and output that are closed, full, or not what is wanted: a word and an exit code, and no wait.</summary>
public sealed class StandardStreamTests : IAsyncLifetime
{
    private const string Closed = "standard output is closed";
    private const string Full = "No space left on device";

    private readonly TestNetwork _network = new();
    private Daemon _a = null!;

    public async Task InitializeAsync()
    {
        (_a, Daemon b) = await _network.PairAsync("cat");
        await b.TrustAsync(_a);
    }

    public async Task DisposeAsync() => await _network.DisposeAsync();

    [Fact]
    public async Task What_reads_standard_input_fails_at_once_where_it_is_closed_or_a_directory()
    {
        foreach (string command in (string[])["send b", "send -b b", "invoke b", "tunnel b -", "connect -"])
            await FailsAsync("", command, "<&-", "standard input is closed");
        foreach (string command in (string[])["send b", "invoke b", "tunnel b -"])
            await FailsAsync("", command, "</", "standard input", "s a directory");
    }

    [Fact]
    public async Task An_answer_that_can_not_be_written_is_a_failure()
    {
        foreach (string command in (string[])["ls", "info --json", "call b get_peers", "send b hi --json", "--help", "--version", "completion bash"])
        {
            await FailsAsync("", command, ">&-", Closed);
            await FailsAsync("", command, ">/dev/full", Full);
        }
    }

    [Fact]
    public async Task What_waits_for_something_to_write_does_not_wait_for_a_closed_output()
    {
        await FailsAsync("", "recv --wait", ">&-", Closed);
        await FailsAsync("", "log", ">&-", Closed);
    }

    [Fact]
    public async Task Bytes_that_can_not_be_written_are_a_failure()
    {
        foreach (string command in (string[])["invoke b", "tunnel b -"])
        {
            await FailsAsync("echo hi |", command, ">&-", Closed);
            await FailsAsync("echo hi |", command, ">/dev/full", Full);
        }
    }

    [Fact]
    public async Task What_says_nothing_needs_neither() => (await ShAsync("", "send b hi", "<&- >&- 2>&-")).Succeeds();

    [Fact]
    public async Task A_daemon_that_is_to_wait_for_the_end_of_a_closed_input_does_not_start() => Assert.Contains(
        "standard input is closed",
        (await _network.ShAsync($"'{Executables.Daemon}' -s '{_network.PathOf("c.sock")}' -k '{_network.PathOf("c.key")}' --until-eof <&-")).FailsWith(1),
        StringComparison.Ordinal);

    [Fact]
    public async Task Waiting_for_input_ends_with_a_signal()
    {
        var send = _a.StartR2("send", "b");
        // More than a pipe holds: once it is written, the other end is reading.
        await send.Input.WriteAsync(new byte[1 << 20]).AsTask().WaitAsync(Bounded.Wait);
        send.Signal(Signals.Terminate);
        Assert.Equal(128 + Signals.Terminate, await send.ExitAsync());
    }

    private async Task FailsAsync(string before, string command, string redirection, params string[] words)
    {
        string line = (await ShAsync(before, command, redirection)).FailsWith(1);
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
    }

    private Task<Finished> ShAsync(string before, string command, string redirection) =>
        _network.ShAsync($"{before} '{Executables.Manager}' -s '{_a.SocketPath}' {command} {redirection}");
}
