using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Cli;

/// <summary>What <c>r2</c> and <c>r2d</c> say without a node: help, versions, and what is wrong with a command line.</summary>
public sealed class UsageTests
{
    private const int Columns = 100;

    [Fact]
    public async Task Help_of_every_command_has_an_example_and_fits_the_screen()
    {
        await using var network = new TestNetwork();
        string[] commands = [.. await CommandsAsync(network), .. (await CommandsAsync(network, "key")).Select(name => $"key {name}")];
        Assert.Superset(new HashSet<string> { "connect", "tunnel", "send", "recv", "call", "invoke", "cp", "fetch", "key new" }, commands.ToHashSet());

        foreach (string command in commands.Except(["daemon"]))
        {
            string text = (await network.RunAsync(Executables.Manager, [.. command.Split(' '), "--help"])).Succeeds().Output;
            string[] lines = text.Split('\n');
            int examples = Array.FindIndex(lines, l => l is "Example:" or "Examples:");
            Assert.True(examples > 0, text);
            Assert.Contains($"r2 {command.Split(' ')[0]}", lines[examples + 1], StringComparison.Ordinal);
            Assert.All(lines, line => Assert.True(line.Length <= Columns, line));
            // The description is one sentence, and a value's default is as one would type it.
            Assert.DoesNotMatch(@"\[default: [A-Z]", text);
        }
    }

    [Theory]
    [InlineData("help", "--help")]
    [InlineData("help send", "send --help")]
    [InlineData("help key new", "key new --help")]
    public async Task Help_is_a_word_too(string asked, string usual)
    {
        await using var network = new TestNetwork();
        string help = (await network.RunAsync(Executables.Manager, asked.Split(' '))).Succeeds().Output;
        Assert.Equal((await network.RunAsync(Executables.Manager, usual.Split(' '))).Succeeds().Output, help);
    }

    [Fact]
    public async Task Help_tells_the_exit_codes()
    {
        await using var network = new TestNetwork();
        Assert.Contains("0 done, 1 failed, 2 wrong usage, 3 not reached, 4 refused", (await network.RunAsync(Executables.Manager, "--help")).Succeeds().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_text_is_refused_and_no_other_message_sent()
    {
        await using var network = new TestNetwork();
        Finished sent = await network.ShAsync("r2 send bob \"$(printf 'a\\377')\"");
        Assert.Contains("is not UTF-8", sent.FailsWith(2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_fail_are_told_in_the_words_of_the_system()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        await File.WriteAllTextAsync(network.PathOf("file"), "");
        (await a.R2Async("serve", "cat")).Succeeds();
        Assert.Equal($"r2: {network.PathOf("file")}: File exists", (await a.R2Async("invoke", "-o", network.PathOf("file"), ".")).FailsWith(1));
        Assert.Contains("/dev/null/x: ", (await a.R2Async("invoke", "-o", "/dev/null/x", ".")).FailsWith(1), StringComparison.Ordinal);
        Assert.Equal("r2: /no/such: no such file or directory", (await a.R2Async("serve", "-n", "x", "--directory", "/no/such")).FailsWith(1));
    }

    [Theory]
    [InlineData("r2", "--version", "r2 ")]
    [InlineData("r2d", "--version", "r2d ")]
    [InlineData("r2", "daemon --version", "r2d ")]
    [InlineData("r2", "--json --version", "r2 ")]
    public async Task Version_tells_the_name_and_the_version_of_the_library(string program, string arguments, string name)
    {
        await using var network = new TestNetwork();

        Finished version = await network.RunAsync(program, arguments.Split(' '));

        Assert.Equal($"{name}{Node.Version}\n", version.Succeeds().Output);
    }

    [Fact]
    public async Task A_link_named_r2d_is_the_daemon()
    {
        await using var network = new TestNetwork();
        string link = network.PathOf("r2d");
        File.CreateSymbolicLink(link, Executables.Manager);

        Finished help = await network.RunAsync(link, "--help");

        Assert.Contains("--network-key", help.Succeeds().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_command_at_all_shows_the_help_on_standard_error()
    {
        await using var network = new TestNetwork();

        Finished nothing = await network.RunAsync(Executables.Manager);

        Assert.Equal("", nothing.Exits(2).Output);
        Assert.Contains("Commands:", nothing.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("help pong", "no command 'pong' (did you mean 'ping'?)", "r2 --help")]
    [InlineData("send bob --jsno", "no option '--jsno' (did you mean '--json'?)", "comes after --")]
    [InlineData("send bob hi -x", "no option '-x'", "r2 send --help")]
    [InlineData("call bob add 1 --timeot 3", "no option '--timeot' (did you mean '--timeout'?)", "r2 call --help")]
    [InlineData("call", "NODES is missing: Names, ids or paths", "r2 call --help")]
    [InlineData("ping bob/service:x", "'bob/service:x' is a service", "name the node alone")]
    [InlineData("commands bob/service:x", "'bob/service:x' is a service", "name the node alone")]
    [InlineData("pong", "no command 'pong' (did you mean 'ping'?)", "r2 --help")]
    [InlineData("ls --jsn", "no option '--jsn' (did you mean '--json'?)", "r2 ls --help")]
    [InlineData("ls extra", "'extra' is one argument too many", "r2 ls --help")]
    [InlineData("connect", "TRANSPORT", "r2 connect --help")]
    [InlineData("connect -n 6Xb2 tcp://h:1", "--node-id: '6Xb2' is not a node id", "r2 connect --help")]
    [InlineData("connect --timeout soon tcp://h:1", "'soon' is no duration", "0.5, 200ms")]
    [InlineData("connect x25519:nonsense tcp://h:1", "is not a node id", "43 or 44 Base58 characters")]
    [InlineData("tunnel bob", "TRANSPORT", "r2 tunnel --help")]
    [InlineData("tunnel -L tcp://127.0.0.1:0 bob cat", "with --listen", "r2 tunnel --help")]
    [InlineData("tunnel -L tcp://127.0.0.1:0 -R bob cat", "two kinds of tunnel", "r2 tunnel --help")]
    [InlineData("tunnel bob//x -", "'bob//x' is not an address", "bob/carol/service:ssh")]
    [InlineData("-t service:x ls", "service:x is a service", "-t names a node")]
    [InlineData("-t a/b/ ls", "'a/b/' is not an address", "bob/carol/service:ssh")]
    [InlineData("ping -c many bob", "--count: 'many' is no number", "r2 ping --help")]
    [InlineData("ping --size 15 bob", "'15' is no number from 16 to 32768", "r2 ping --help")]
    [InlineData("ping -i 0 bob", "'0' is no duration", "0.5, 200ms")]
    [InlineData("serve -n no/name cat", "--name", "r2 serve --help")]
    [InlineData("serve", "TRANSPORT", "r2 serve --help")]
    [InlineData("serve -n web -l tcp://127.0.0.1:0 cat", "with --listen", "r2 serve --help")]
    [InlineData("serve -", "a service can't be -", "command line or a URI")]
    [InlineData("untunnel zero", "'zero' is no number", "r2 untunnel --help")]
    [InlineData("trust bob", "'bob' is not a node id", "43 or 44 Base58 characters")]
    [InlineData("completion tcsh", "no script for 'tcsh'", "bash, zsh, fish or pwsh")]
    [InlineData("ls @file", "'@file' is one argument too many", "r2 ls --help")]
    public async Task A_command_line_of_the_wrong_form_names_the_part_and_shows_what_is_right(string arguments, string what, string action)
    {
        await using var network = new TestNetwork();

        string line = (await network.RunAsync(Executables.Manager, arguments.Split(' '))).FailsWith(2);

        Assert.StartsWith("r2: ", line, StringComparison.Ordinal);
        Assert.Contains(what, line, StringComparison.Ordinal);
        Assert.Contains(action, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-n no/name", "--name")]
    [InlineData("--keep-alive never", "'never' is no duration")]
    [InlineData("-l nonsense://x", "nonsense")]
    public async Task A_daemon_refuses_a_command_line_of_the_wrong_form(string arguments, string what)
    {
        await using var network = new TestNetwork();

        string line = (await network.RunAsync(Executables.Daemon, ["-s", network.PathOf("s"), "-k", network.PathOf("k"), .. arguments.Split(' ')])).FailsWith(2);

        Assert.StartsWith("r2d: ", line, StringComparison.Ordinal);
        Assert.Contains(what, line, StringComparison.Ordinal);
        Assert.False(File.Exists(network.PathOf("s")));
    }

    [Theory]
    [InlineData("ls")]
    [InlineData("connect -")]
    [InlineData("tunnel bob -")]
    [InlineData("ping bob --json")]
    [InlineData("stop")]
    public async Task Without_a_daemon_a_command_says_how_to_start_one(string arguments)
    {
        await using var network = new TestNetwork();
        string socket = network.PathOf("none.sock");

        string line = (await network.RunAsync(Executables.Manager, ["-s", socket, .. arguments.Split(' ')])).FailsWith(3);

        Assert.Equal($"r2: no node answers at {socket}; start one with \"r2d -d\"", line);
    }

    [Fact]
    public async Task The_socket_comes_from_the_environment_where_no_option_names_it()
    {
        await using var network = new TestNetwork();
        string socket = network.PathOf("env.sock");

        Finished list = await network.ShAsync("r2 ls", null, ("PNET_SOCKET_PATH", socket));

        Assert.Contains($"no node answers at {socket};", list.FailsWith(3), StringComparison.Ordinal);
    }

    // The names that help lists.
    private static async Task<IReadOnlyList<string>> CommandsAsync(TestNetwork network, params string[] of)
    {
        string help = (await network.RunAsync(Executables.Manager, [.. of, "--help"])).Succeeds().Output;
        string[] listed = [.. help.Split("Commands:\n")[1].Split("\n\n")[0].Split('\n')];
        return [.. listed.Where(line => line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ').Select(line => line.Trim().Split(' ')[0])];
    }
}
