using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Files;

/// <summary>The line that tells how far a copy or a fetch has got: on a terminal, and nowhere else.</summary>
public sealed class ProgressTests
{
    private const int Size = 50 << 20;
    private const string Total = "50.0 MiB";

    public static TheoryData<string> Commands => ["cp", "fetch"];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task It_is_shown_on_a_terminal_and_nothing_of_it_is_left(string command)
    {
        await using var files = await FileNetwork.StartAsync(gated: "c");
        string line = await LineAsync(files, command);
        var running = files.Network.Start("script", ["-qefc", line, "/dev/null"], files.Network.EnvironmentWith(("TERM", "xterm")));
        await StandsStillAsync(files, command, running, async () =>
        {
            // Drawn again and again, as long as it takes.
            string shown = await running.LineAsync($" of {Total}");
            Assert.Matches(@"\e\[K(0 of 1 files, )?[0-9.]+ (B|KiB|MiB) of 50\.0 MiB, [0-9.]+ (B|KiB|MiB)/s", shown);
            await running.LineAsync($" of {Total}");
        });
        Assert.Equal(0, await running.ExitAsync());
        // What comes last is the summary, on a line that was cleared.
        Assert.Matches(@"\e\[K[^\e]*(1 copied|from )[^\e]*$", running.Text);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task It_is_not_shown_where_standard_error_is_no_terminal(string command)
    {
        await using var files = await FileNetwork.StartAsync(gated: "c");
        string line = await LineAsync(files, command);
        // Standard output is a terminal, and standard error is not.
        var running = files.Network.Start("script", ["-qefc", $"{line} 2>{files.PathOf("error")}", "/dev/null"], files.Network.EnvironmentWith(("TERM", "xterm")));
        await StandsStillAsync(files, command, running, () => files.A.R2Async("ls"));
        Assert.Equal(0, await running.ExitAsync());
        Assert.Empty(await File.ReadAllTextAsync(files.PathOf("error")));
        Assert.DoesNotContain($" of {Total}", running.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_not_shown_where_nobody_wants_it()
    {
        await using var files = await FileNetwork.StartAsync();
        string line = (await LineAsync(files, "cp")).Replace(" cp ", " cp -q ", StringComparison.Ordinal);
        Finished quiet = await files.Network.ShAsync($"script -qefc '{line}' /dev/null", TimeSpan.FromMinutes(2), ("TERM", "xterm"));
        Assert.DoesNotContain("MiB", quiet.Succeeds().Output, StringComparison.Ordinal);
        Assert.Equal(["big"], FileNetwork.NamesIn(files.Share));
    }

    private static async Task<string> LineAsync(FileNetwork files, string command)
    {
        await files.Network.ShAsync($"head -c {Size} /dev/urandom >{files.PathOf("big")}");
        files.Gate.CloseAfter(Size / 4);
        if (command == "cp")
            return $"r2 -s {files.A.SocketPath} cp {files.PathOf("big")} b/c:";
        string address = (await files.C.R2Async("publish", files.PathOf("big"))).Succeeds().Output.Trim();
        return $"r2 -s {files.A.SocketPath} fetch --from b/c {address} {files.PathOf("got")}";
    }

    /// <summary>Holds what runs up in the middle, by its other end.</summary>
    private static async Task StandsStillAsync(FileNetwork files, string command, Running running, Func<Task> meanwhile)
    {
        string target = command == "cp" ? files.Share : files.Network.Directory;
        await Bounded.UntilAsync("a part of the file", () => FileNetwork.Partial(target).Any(part => part.Length > 0), null, () => running.Text);
        await meanwhile();
        files.Gate.Open();
    }
}
