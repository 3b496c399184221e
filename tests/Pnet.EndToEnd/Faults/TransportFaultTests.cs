using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Faults;

/// <summary>Transport programs that fail, each in its own way.</summary>
public sealed class TransportFaultTests
{
    [Theory]
    [InlineData("nosuchprogram", "nosuchprogram", "not found")]
    [InlineData("true", "true", "exited with status 0")]
    [InlineData("echo no >&2; exit 9", "exited with status 9", ": no")]
    [InlineData("kill -SEGV $$", "signal 11", "kill")]
    [InlineData("echo HTTP/1.1 400 Bad Request, but at length; cat >/dev/null", "does not speak this protocol", "HTTP/1.1")]
    [InlineData("cat", "returns this node's own bytes", "cat")]
    public async Task A_program_that_carries_no_link_is_named_with_what_it_did(string program, string first, string second)
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");

        Finished failed = await a.R2Async("connect", program);

        Assert.Contains(failed.ExitCode, (int[])[1, 3]);
        string line = failed.FailsWith(failed.ExitCode);
        Assert.Contains(first, line, StringComparison.Ordinal);
        Assert.Contains(second, line, StringComparison.Ordinal);
        await a.UntilWithoutChildrenAsync();
        Assert.Empty(await a.UpAsync());
    }

    [Fact]
    public async Task A_program_that_says_nothing_is_given_up_after_the_time_given_and_ended()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");

        string line = (await a.R2Async("connect", "--timeout", "500ms", "sleep 1000")).FailsWith(3);

        Assert.Contains("within 0.5 s", line, StringComparison.Ordinal);
        await a.UntilWithoutChildrenAsync();
    }

    [Fact]
    public async Task A_program_that_exits_in_the_middle_ends_its_link_alone_and_says_how()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b");
        Daemon c = await network.DaemonAsync("c");
        await TestNetwork.LinkAsync(a, c);
        string endpoint = await b.ListenAsync();
        (await a.R2Async("connect", "--no-reconnect", $"socat tcp:{endpoint} -")).Succeeds();
        await b.UntilLinkedToAsync(a);

        ProcessTable.Signal(await SocatOfAsync(a, endpoint), Signals.Kill);

        Assert.Contains("signal 9", await a.LogLineAsync("link.down"), StringComparison.Ordinal);
        await b.LogLineAsync("link.down");
        Assert.Equal(["c"], (await a.UpAsync()).Select(p => p.Name));
        (await a.R2Async("ping", "-c", "1", "c")).Succeeds();
    }

    [Fact]
    public async Task A_link_that_was_asked_for_comes_back_over_a_new_program()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b");
        string endpoint = await b.ListenAsync();
        (await a.R2Async("connect", $"socat tcp:{endpoint} -")).Succeeds();
        await a.LogLineAsync("link.up");
        int first = await SocatOfAsync(a, endpoint);

        ProcessTable.Signal(first, Signals.Kill);

        await a.LogLineAsync("link.down");
        await a.LogLineAsync("link.up");
        await a.UntilLinkedToAsync(b);
        Assert.NotEqual(first, await SocatOfAsync(a, endpoint));
    }

    [Fact]
    public async Task A_program_that_ignores_its_closed_input_and_SIGTERM_is_ended_with_its_link()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b");
        string endpoint = await b.ListenAsync();
        (await a.R2Async("connect", $"trap '' TERM; socat tcp:{endpoint} -; while :; do sleep 1000; done")).Succeeds();

        (await a.R2Async("disconnect", "b")).Succeeds();

        Assert.Empty(await a.UpAsync());
        await b.UntilPartedFromAsync(a);
        await a.UntilWithoutChildrenAsync();
    }

    [Fact]
    public async Task A_manager_whose_link_ends_exits_and_one_that_exits_ends_its_link()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b");
        string socat = $"socat tcp:{await b.ListenAsync()}";
        var environment = network.EnvironmentWith(("PNET_SOCKET_PATH", a.SocketPath));
        var first = network.Start("/bin/sh", ["-c", $"exec {socat} exec:'r2 connect -'"], environment);
        await a.UntilLinkedToAsync(b);

        (await a.R2Async("disconnect", "b")).Succeeds();
        Assert.Equal(0, await first.ExitAsync());

        var second = network.Start("/bin/sh", ["-c", $"exec {socat} exec:'r2 connect -'"], environment);
        await a.UntilLinkedToAsync(b);
        second.Signal(Signals.Kill);
        await a.UntilPartedFromAsync(b);
        await b.UntilPartedFromAsync(a);
    }

    private static async Task<int> SocatOfAsync(Daemon daemon, string endpoint)
    {
        int found = 0;
        await Bounded.UntilAsync("socat", () =>
        {
            found = daemon.Children().FirstOrDefault(id => ProcessTable.CommandLine(id).StartsWith($"socat tcp:{endpoint}", StringComparison.Ordinal));
            return found != 0;
        });
        return found;
    }
}
