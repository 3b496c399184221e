using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Cli;

/// <summary>Completion in shells.</summary>
public sealed class CompletionTests
{
    [Fact]
    public async Task Bash_completes_commands_options_and_the_names_of_peers()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("barbara");
        await TestNetwork.LinkAsync(a, b);

        Assert.Equal(["disconnect"], await CompleteAsync(network, a, "r2 disc"));
        Assert.Contains("--node-id", await CompleteAsync(network, a, "r2 connect --n"));
        Assert.Equal(["barbara"], await CompleteNameAsync(network, a, "r2 ping bar"));
        Assert.Equal(["barbara"], await CompleteNameAsync(network, a, "r2 tunnel bar"));
        Assert.Equal(["barbara"], await CompleteNameAsync(network, a, "r2 -t bar"));
        Assert.Equal(["barbara"], await CompleteNameAsync(network, a, "r2 fetch --from bar"));
        Assert.Equal(["barbara,barbara"], await CompleteNameAsync(network, a, "r2 send barbara,bar"));
    }

    [Fact]
    public async Task Bash_completes_services_and_commands_of_the_node_that_is_named_also_behind_a_relay()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b", "--allow", a.Id);
        Daemon c = await network.DaemonAsync("c", "--allow", a.Id);
        await TestNetwork.LinkAsync(a, b);
        await TestNetwork.LinkAsync(b, c);
        foreach (string name in (string[])["sum", "size", "cmd.shout"])
            (await c.R2Async("serve", "-n", name, "cat")).Succeeds();

        Assert.Equal(["b/c"], await CompleteNameAsync(network, a, "r2 invoke b/c"));
        Assert.Equal(["size", "sum"], await CompleteNameAsync(network, a, "r2 invoke b/c s"));
        Assert.Equal(["cmd.shout", "size", "sum"], await CompleteNameAsync(network, a, "r2 invoke b/c "));
        Assert.Equal(["get_funcs", "get_peers"], await CompleteNameAsync(network, a, "r2 call b/c get"));
        Assert.Equal(["shout"], await CompleteNameAsync(network, a, "r2 call b/c,b sh"));
        // A word of readline's ends at the colon.
        Assert.Equal(["size"], await CompleteNameAsync(network, a, "r2 tunnel b/c/service:si"));
        Assert.Equal(["cmd.shout"], await CompleteNameAsync(network, c, "r2 unserve cmd"));
        // Neither options that nobody began, nor nodes in another argument's place.
        Assert.DoesNotContain(await CompleteNameAsync(network, a, "r2 invoke "), word => word.StartsWith('-'));
        Assert.Equal(["--stall"], await CompleteAsync(network, a, "r2 invoke b/c --st"));
    }

    // Names are left out when the daemon takes longer than a person waits: on a busy machine Tab is pressed again.
    private static async Task<string[]> CompleteNameAsync(TestNetwork network, Daemon daemon, string line)
    {
        for (var presses = 1; ; presses++)
        {
            string[] names = await CompleteAsync(network, daemon, line);
            if (names.Length > 0 || presses == 100)
                return names;
        }
    }

    [Fact]
    public async Task Peers_are_left_out_where_no_daemon_answers()
    {
        await using var network = new TestNetwork();

        Finished suggested = await network.RunAsync(Executables.Manager, "[suggest:8]", "r2 ping ");

        Assert.DoesNotContain("no node", suggested.Succeeds().Error + suggested.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zsh", "compdef _r2_complete r2 r2d")]
    [InlineData("fish", "complete -c r2 ")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName r2, r2d")]
    public async Task Other_shells_get_a_script_of_theirs(string shell, string content)
    {
        await using var network = new TestNetwork();

        Assert.Contains(content, (await network.RunAsync(Executables.Manager, "completion", shell)).Succeeds().Output, StringComparison.Ordinal);
    }

    // Does as readline does: sets the variables of a completion and calls the function that the script registered.
    private static async Task<string[]> CompleteAsync(TestNetwork network, Daemon daemon, string line)
    {
        string script = $$"""
            source <(r2 completion bash)
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}} COMP_WORDS=({{line}}) COMP_CWORD=$(({{line.Split(' ').Length}} - 1)) COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
            compopt() { :; }
            _r2_complete
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        Finished finished = await Shell.RunAsync("bash", ["-c", script], network.EnvironmentWith(("PNET_SOCKET_PATH", daemon.SocketPath)));
        return finished.Succeeds().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
