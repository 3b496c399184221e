using System.Diagnostics;
using System.Text;
using Pnet.Transports;

namespace Pnet.Tests.Transports;

public sealed class ProcessTransportTests
{
    private static readonly ProcessOptions Hasty = new() { CloseGrace = TimeSpan.FromMilliseconds(50), TerminateGrace = TimeSpan.FromMilliseconds(300) };

    [Fact]
    public async Task A_missing_program_ends_with_127_and_says_so()
    {
        await using var process = ProcessTransport.Start("no-such-program-here --flag");

        Assert.Equal(0, await process.ReadAsync(new byte[1]).AsTask().WaitAsync(Bytes.Soon));
        Assert.Equal(127, process.EndStatus);
        Assert.Matches("^command \"no-such-program-here --flag\" exited with status 127: .*no-such-program-here: ", process.ExitError!);
    }

    [Fact]
    public void A_missing_shell_is_an_error()
    {
        PnetException e = Assert.Throws<PnetException>(() => ProcessTransport.Start("true", new ProcessOptions { Shell = "/no/such/shell" }));

        Assert.Equal(PnetError.NotFound, e.Error);
        Assert.Contains("/no/such/shell", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 0", 0, "exited with status 0")]
    [InlineData("exit 3", 3, "exited with status 3")]
    [InlineData("kill -9 $$", 137, "was ended by signal 9")]
    [InlineData("kill -PIPE $$", 141, "was ended by signal 13")]
    [InlineData("echo out; echo why >&2; exit 1", 1, "exited with status 1: why")]
    public async Task The_end_of_the_output_comes_with_the_exit_status(string command, int status, string error)
    {
        await using var process = ProcessTransport.Start(command);

        await Bytes.ReadTextAsync(process);

        Assert.Equal(status, process.EndStatus);
        Assert.Equal(status, await process.Exited.WaitAsync(Bytes.Soon));
        Assert.Equal($"command \"{command}\" {error}", process.ExitError);
    }

    [Fact]
    public async Task A_command_that_exits_in_the_middle_fails_the_writer_and_keeps_its_output()
    {
        await using var process = ProcessTransport.Start("head -c 5; echo enough >&2; exit 9");
        byte[] block = Bytes.Random(64 * 1024);
        "12345"u8.CopyTo(block);

        IOException e = await Assert.ThrowsAsync<IOException>(async () =>
        {
            for (int i = 0; i < 1000; i++)
                await process.WriteAsync(block).AsTask().WaitAsync(Bytes.Soon);
        });

        Assert.EndsWith("exited with status 9: enough", e.Message, StringComparison.Ordinal);
        Assert.Equal("12345", await Bytes.ReadTextAsync(process));
        Assert.Equal(9, process.EndStatus);
    }

    [Fact]
    public async Task A_command_reads_the_end_of_its_input()
    {
        await using var process = ProcessTransport.Start("sort");
        await process.WriteAsync("b\nc\na\n"u8.ToArray());
        await process.EndAsync();

        Assert.Equal("a\nb\nc\n", await Bytes.ReadTextAsync(process));
        Assert.Equal(0, process.EndStatus);
    }

    [Fact]
    public async Task Bash_answers_line_by_line()
    {
        await using var process = ProcessTransport.Start("bash -c 'while read -r line; do echo \"<$line>\"; done; exit 4'");
        for (int i = 0; i < 50; i++)
        {
            byte[] answer = Encoding.UTF8.GetBytes($"<{i}>\n");
            await process.WriteAsync(Encoding.UTF8.GetBytes($"{i}\n"));
            Assert.Equal(answer, await Bytes.ReadExactlyAsync(process, answer.Length));
        }

        await process.EndAsync();
        Assert.Equal("", await Bytes.ReadTextAsync(process));
        Assert.Equal(4, process.EndStatus);
    }

    [Fact]
    public async Task A_command_that_closes_its_output_and_lives_on_has_no_status()
    {
        await using var process = ProcessTransport.Start("exec <&- >&-; sleep 1000", Hasty);

        Assert.Equal(0, await process.ReadAsync(new byte[1]).AsTask().WaitAsync(Bytes.Soon));
        Assert.Null(process.EndStatus);
        Assert.Null(process.ExitError);
        Assert.False(process.Exited.IsCompleted);
    }

    [Fact]
    public async Task Disposal_lets_a_command_finish_that_minds_its_input()
    {
        ProcessTransport process = ProcessTransport.Start("cat > /dev/null; exit 6", new ProcessOptions { CloseGrace = Bytes.Soon });
        await process.DisposeAsync();

        Assert.Equal(6, await process.Exited);
    }

    [Fact]
    public async Task What_was_written_before_disposal_reaches_the_command()
    {
        using var directory = new TemporaryDirectory();
        byte[] bytes = Bytes.Random(100_000);
        ProcessTransport process = ProcessTransport.Start($"cat > {directory.File("copy")}", new ProcessOptions { CloseGrace = Bytes.Soon });
        Task<int> pending = process.ReadAsync(new byte[1]).AsTask();
        await process.WriteAsync(bytes);
        await process.DisposeAsync();

        Assert.Equal(0, await process.Exited);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(directory.File("copy")));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pending.WaitAsync(Bytes.Soon));
    }

    [Fact]
    public async Task Disposal_terminates_a_command_that_ignores_its_closed_input()
    {
        ProcessTransport process = ProcessTransport.Start("trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done");
        Assert.Equal("ready\n"u8.ToArray(), await Bytes.ReadExactlyAsync(process, 6));
        await process.DisposeAsync().AsTask().WaitAsync(Bytes.Soon);

        Assert.Equal(5, await process.Exited);
    }

    [Fact]
    public async Task Disposal_kills_a_command_that_ignores_sigterm_too()
    {
        ProcessTransport process = ProcessTransport.Start("trap '' TERM INT HUP; echo ready; while :; do sleep 0.05; done", Hasty);
        await Bytes.ReadExactlyAsync(process, 6);
        var watch = Stopwatch.StartNew();
        await process.DisposeAsync().AsTask().WaitAsync(Bytes.Soon);

        Assert.True(watch.Elapsed > Hasty.TerminateGrace, $"it was given {watch.Elapsed} to obey");
        Assert.Equal(137, await process.Exited);
        Assert.False(ProcessList.IsAlive(process.ProcessId));
    }

    [Fact]
    public async Task Disposal_wakes_a_stopped_command_to_end_it()
    {
        ProcessTransport process = ProcessTransport.Start("trap 'exit 7' TERM; echo ready; kill -STOP $$; sleep 1000");
        await Bytes.ReadExactlyAsync(process, 6);
        await process.DisposeAsync().AsTask().WaitAsync(Bytes.Soon);

        Assert.NotEqual(137, await process.Exited);
    }

    [Theory]
    [InlineData("sleep 1000")]
    [InlineData("sh -c \"trap '' TERM; while :; do sleep 0.05; done\"")]
    public async Task Disposal_ends_what_the_command_left_in_the_background(string background)
    {
        ProcessTransport process = ProcessTransport.Start($"({background}) & echo $!; exit 0", Hasty);
        byte[] buffer = new byte[32];
        int count = await process.ReadAsync(buffer).AsTask().WaitAsync(Bytes.Soon);
        int left = int.Parse(Encoding.ASCII.GetString(buffer, 0, count), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(0, await process.Exited.WaitAsync(Bytes.Soon));
        Assert.True(ProcessList.IsAlive(left));

        await process.DisposeAsync().AsTask().WaitAsync(Bytes.Soon);

        Assert.False(ProcessList.IsAlive(left));
        Assert.False(ProcessList.IsAlive(process.ProcessId));
    }

    [Fact]
    public async Task A_command_gets_the_environment_and_what_is_added_to_it()
    {
        await using var process = ProcessTransport.Start("echo \"$PNET_ADDED:${HOME:-gone}:${PATH:+path}\"", new ProcessOptions
        {
            Environment = new Dictionary<string, string?> { ["PNET_ADDED"] = "ä b", ["HOME"] = null },
        });

        Assert.Equal("ä b:gone:path\n", await Bytes.ReadTextAsync(process));
    }

    [Fact]
    public async Task A_command_starts_with_default_signals_and_a_session_of_its_own()
    {
        await using var process = ProcessTransport.Start("exec cat /proc/self/status /proc/self/stat");

        string status = await Bytes.ReadTextAsync(process);

        Assert.Matches("SigBlk:\t0{16}\n", status);
        Assert.Matches("SigIgn:\t0{7}[01][08]0{7}\n", status); // the C library keeps signals 32 and 33 for itself
        string[] stat = status[(status.LastIndexOf(')') + 2)..].Split(' ');
        Assert.Equal($"{process.ProcessId}", stat[2]);
        Assert.Equal($"{process.ProcessId}", stat[3]);
    }

    [Fact]
    public async Task A_command_inherits_nothing_but_its_stdio()
    {
        (MemoryTransport a, MemoryTransport b) = MemoryTransport.CreatePair();
        await using var other = ProcessTransport.Start("cat");
        await using IListener listener = await TransportRegistry.CreateDefault().ListenAsync("tcp://127.0.0.1:0");
        await using var process = ProcessTransport.Start("exec ls -l /proc/self/fd");

        string list = await Bytes.ReadTextAsync(process);

        Assert.Equal(2, list.Split("socket:").Length - 1);
        await a.DisposeAsync();
        await b.DisposeAsync();
    }

    [Fact]
    public async Task Standard_error_is_handed_on_by_line_and_cleaned_for_messages()
    {
        var lines = new List<string>();
        await using var process = ProcessTransport.Start("printf 'one\\r\\ntwo\\n\\033[31mlast\\a\\n\\n' >&2; printf unfinished >&2; exit 1",
            new ProcessOptions { StandardErrorLine = lines.Add });

        await Bytes.ReadTextAsync(process);

        Assert.Equal(1, process.EndStatus);
        Assert.Equal(["one", "two", "\u001b[31mlast\a", "", "unfinished"], lines);
        Assert.EndsWith("status 1: unfinished", process.ExitError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_on_standard_error_keeps_its_end_only()
    {
        await using var process = ProcessTransport.Start("seq 1 300000 >&2; exit 1");

        await Bytes.ReadTextAsync(process);

        Assert.Equal(1, await process.Exited.WaitAsync(Bytes.Soon));
        Assert.EndsWith("status 1: 300000", process.ExitError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exits_are_seen_next_to_processes_of_the_runtime()
    {
        for (int round = 0; round < 20; round++)
        {
            using var theirs = Process.Start(new ProcessStartInfo("sh", ["-c", "exit 11"]))!;
            await using var ours = ProcessTransport.Start("exit 12");
            using var more = Process.Start(new ProcessStartInfo("sh", ["-c", "exit 13"]))!;

            await Task.WhenAll(theirs.WaitForExitAsync(), more.WaitForExitAsync(), ours.Exited).WaitAsync(Bytes.Soon);
            Assert.Equal((11, 12, 13), (theirs.ExitCode, await ours.Exited, more.ExitCode));
        }
    }

    [Fact]
    public async Task A_command_can_be_dialled_but_not_listened_at()
    {
        var provider = new ProcessTransportProvider();
        await using ITransport transport = await provider.DialAsync(TransportAddress.Parse("echo hello"));

        Assert.Equal("hello\n", await Bytes.ReadTextAsync(transport));
        Assert.Equal("echo hello", transport.Description);
        await Assert.ThrowsAsync<NotSupportedException>(() => provider.ListenAsync(TransportAddress.Parse("cat")).AsTask());
    }

    [Fact]
    public async Task A_serial_line_is_reached_through_socat()
    {
        using var directory = new TemporaryDirectory();
        (string a, string b) = (directory.File("a"), directory.File("b"));
        await using var line = ProcessTransport.Start($"socat pty,raw,echo=0,link={a} pty,raw,echo=0,link={b}");
        await ProcessList.ExistsAsync(a);
        await ProcessList.ExistsAsync(b);
        await using var left = ProcessTransport.Start($"socat {a},raw,echo=0 -");
        await using var right = ProcessTransport.Start($"socat {b},raw,echo=0 -");

        // A program that opens a line drops what came before; so each direction is tried until it answers.
        await MeetAsync(left, right);
        await MeetAsync(right, left);

        byte[] question = Bytes.Random(20_000, seed: 5);
        byte[] answer = Bytes.Random(20_000, seed: 6);
        Task write = Task.WhenAll(left.WriteAsync(question).AsTask(), right.WriteAsync(answer).AsTask());
        Assert.Equal(question, await Bytes.ReadExactlyAsync(right, question.Length));
        Assert.Equal(answer, await Bytes.ReadExactlyAsync(left, answer.Length));
        await write;
    }

    private static async Task MeetAsync(ProcessTransport from, ProcessTransport to)
    {
        byte[] one = new byte[1];
        Task<int> heard = to.ReadAsync(one).AsTask();
        while (!heard.IsCompleted)
        {
            await from.WriteAsync("."u8.ToArray());
            await Task.WhenAny(heard, Task.Delay(20));
        }

        await from.WriteAsync("!"u8.ToArray());
        while (one[0] != '!')
            one = await Bytes.ReadExactlyAsync(to, 1);
    }
}
