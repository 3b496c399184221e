using System.Globalization;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Cli;

/// <summary><c>r2d -d</c>: the daemon in the background.</summary>
public sealed class DetachTests
{
    [Fact]
    public async Task The_command_returns_when_the_node_answers_and_tells_id_and_process()
    {
        await using var network = new TestNetwork();

        // The shell ends only when whatever has its output has let go of it.
        string line = (await network.ShAsync("r2d -d -n alice -k $HOME/alice.key -s $HOME/a.sock cat -u")).Succeeds().Output.TrimEnd();

        int process = int.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        string[] id = (await network.ShAsync("r2 -s $HOME/a.sock info")).Succeeds().Output.Split('\n')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"r2d: node {id[1]} (alice) at {network.PathOf("a.sock")}, pid {process}", line);
        Assert.Contains("cat -u", (await network.ShAsync("r2 -s $HOME/a.sock services")).Succeeds().Output, StringComparison.Ordinal);
        Assert.Equal(process, SessionOf(process));

        (await network.ShAsync("r2 -s $HOME/a.sock stop")).Succeeds();
        await Bounded.UntilAsync("the daemon's end", () => !IsAlive(process));
        Assert.False(File.Exists(network.PathOf("a.sock")));
    }

    [Fact]
    public async Task A_node_that_can_not_start_shows_its_error_and_leaves_nothing_behind()
    {
        await using var network = new TestNetwork();
        await using Daemon first = await network.DaemonAsync("a");

        string line = (await network.RunAsync(Executables.Daemon, "-d", "-s", first.SocketPath, "-k", network.PathOf("b.key"))).FailsWith(1);

        Assert.Contains($"a node is running at {first.SocketPath} already", line, StringComparison.Ordinal);
        Assert.Equal([first.ProcessId], ProcessTable.Marked(network.Mark).Append(first.ProcessId).Distinct());
        (await first.R2Async("ls")).Succeeds();
    }

    [Fact]
    public async Task A_command_line_of_the_wrong_form_is_told_of_before_anything_starts()
    {
        await using var network = new TestNetwork();

        string line = (await network.RunAsync(Executables.Daemon, "-d", "--keep-alive", "never")).FailsWith(2);

        Assert.Contains("'never' is no duration", line, StringComparison.Ordinal);
    }

    // The sixth field of /proc/PID/stat, after the name in parentheses.
    private static int SessionOf(int process)
    {
        string stat = File.ReadAllText($"/proc/{process}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3], CultureInfo.InvariantCulture);
    }

    // One that has ended and that nobody has waited for yet is no more than an entry in a table.
    private static bool IsAlive(int process)
    {
        string file = $"/proc/{process}/stat";
        if (!File.Exists(file))
            return false;
        string stat = File.ReadAllText(file);
        return stat[stat.LastIndexOf(')') + 2] != 'Z';
    }
}
