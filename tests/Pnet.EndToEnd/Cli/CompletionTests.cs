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
    }

    // Names are left out when the daemon takes longer than a person waits: on a busy machine Tab is pressed again.
    private static async Task<string[]> CompleteNameAsync(TestNetwork network, Daemon daemon, string line)
    {
        for (var presses = 1; ; presses++)
        {
            string[] names = await CompleteAsync(network, daemon, line);
            if (names.Length > 0 || presses == 20)
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
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}} COMP_WORDS=({{line}}) COMP_CWORD=$(({{line.Split(' ').Length}} - 1))
            compopt() { :; }
            _r2_complete
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        Finished finished = await Shell.RunAsync("bash", ["-c", script], network.EnvironmentWith(("PNET_SOCKET_PATH", daemon.SocketPath)));
        return finished.Succeeds().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
