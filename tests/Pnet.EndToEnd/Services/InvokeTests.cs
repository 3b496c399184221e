using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pnet.Control;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Services;

/// <summary>Services as functions: alice gives a stream to bob, and to carol and others through bob.</summary>
public sealed class InvokeTests : RowTest
{
    private const long Mebibyte = 1024 * 1024;

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(150);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Carol.ServeAsync("tunnel", "tr a-z A-Z");
        await ServeAsync("sha256", "sha256sum", Bob, Carol);
    }

    [Fact]
    public async Task One_node_answers_with_the_bytes_of_its_service_and_its_exit_code()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(3_000_001);
        await ServeAsync("cat", "cat", Carol);
        await ServeAsync("fails", "cat; exit 7", Carol);
        Assert.Equal(Sum(bytes) + "\n", (await Alice.R2Async(bytes, "invoke", ToCarol, "sha256")).Succeeds().Output);
        Assert.Equal(bytes, (await Alice.R2Async(bytes, "invoke", ToCarol, "cat")).Succeeds().Bytes);
        Assert.Equal("LOUD", (await Alice.R2Async("loud"u8.ToArray(), "invoke", ToCarol)).Succeeds().Output);
        Assert.Equal("", (await Alice.R2Async("invoke", ToCarol, "cat")).Succeeds().Output);
        await ServeAsync("who", "echo $PNET_PEER_NAME", Carol);
        Assert.Equal("alice\n", (await Alice.R2Async("invoke", ToCarol, "who")).Succeeds().Output);
        Finished failed = await Alice.R2Async("x"u8.ToArray(), "invoke", ToCarol, "fails");
        Assert.Equal(("x", ""), (failed.Exits(7).Output, failed.Error));
    }

    [Fact]
    public async Task Several_nodes_get_the_same_input_and_each_line_says_whose_it_is()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(5_000_000);
        Finished both = (await Alice.R2Async(bytes, "invoke", $"bob,{ToCarol}", "sha256")).Succeeds();
        Assert.Equal(new SortedSet<string> { $"bob: {Sum(bytes)}", $"{ToCarol}: {Sum(bytes)}" }, Lines(both));
        // A star says so too where it is one node only.
        Assert.Equal($"bob: {Sum([])}\n", (await Alice.R2Async("invoke", "*", "sha256")).Succeeds().Output);
        // A last line without an end gets one, and bytes stay bytes.
        await ServeAsync("mixed", "printf 'one\\n\\n\\377two'", Bob);
        Assert.Equal("bob: one\nbob: \nbob: \u00fftwo\n", Encoding.Latin1.GetString((await Alice.R2Async("invoke", "bob,bob", "mixed")).Succeeds().Bytes));
        // One that has no end soon comes in parts.
        byte[] endless = [.. Enumerable.Repeat((byte)'x', 70_000)];
        await ServeAsync("cat", "cat", Bob);
        Assert.Equal($"bob: {new string('x', 65_536)}\nbob: {new string('x', 70_000 - 65_536)}\n", (await Alice.R2Async(endless, "invoke", "bob,bob", "cat")).Succeeds().Output);
    }

    [Fact]
    public async Task Answers_come_as_they_are_ready_and_not_in_the_order_of_the_names()
    {
        string gate = Network.PathOf("gate");
        await ServeAsync("wait", $"while [ ! -e {gate} ]; do sleep 0.05; done; echo late", Bob);
        await ServeAsync("wait", "echo early", Carol);
        var running = Alice.StartR2("invoke", $"bob,{ToCarol}", "wait");
        Assert.Equal($"{ToCarol}: early", await running.LineAsync("early"));
        await File.WriteAllTextAsync(gate, "");
        Assert.Equal("bob: late", await running.LineAsync("late"));
        Assert.Equal(0, await running.ExitAsync());
    }

    [Fact]
    public async Task Nine_of_ten_answer_when_one_can_not_be_reached()
    {
        var names = new List<string> { "bob", ToCarol };
        for (int i = 0; i < 7; i++)
        {
            Daemon far = await Network.DaemonAsync($"far{i}", "--allow", Alice.Id);
            await TestNetwork.LinkAsync(Bob, far);
            await ServeAsync("sha256", "sha256sum", far);
            names.Add($"bob/{far.Id}");
        }

        byte[] bytes = RandomNumberGenerator.GetBytes(1_000_000);
        Finished called = await Alice.R2Async(bytes, "invoke", string.Join(',', names.Take(4).Append("bob/nobody").Concat(names.Skip(4))), "sha256");
        Assert.Contains("bob/nobody: ", called.FailsWith(3), StringComparison.Ordinal);
        Assert.Equal(names.Select(name => $"{name}: {Sum(bytes)}").ToHashSet(), Lines(called));
    }

    [Fact]
    public async Task Documents_tell_of_each_node_what_it_answered_or_why_it_did_not()
    {
        await ServeAsync("binary", "printf '\\377'; exit 2", Bob);
        await ServeAsync("binary", "head -c 5000000 /dev/zero", Carol);
        var sums = Documents(await Alice.R2Async("x"u8.ToArray(), "invoke", "--json", $"bob,{ToCarol}", "sha256"));
        Assert.Equal(new SortedSet<string> { "bob", ToCarol }, sums.Select(s => s.GetProperty("node").GetString()!).ToHashSet());
        Assert.All(sums, s => Assert.Equal((Sum("x"u8) + "\n", 0), (s.GetProperty("output").GetString(), s.GetProperty("status").GetInt32())));

        Finished failed = await Alice.R2Async("invoke", "--json", $"bob,nobody,{ToCarol}", "binary");
        var all = Documents(failed).ToDictionary(d => d.GetProperty("node").GetString()!);
        Assert.True(failed.ExitCode is 1 or 3 && failed.Error.Length == 0, failed.ToString());
        Assert.Equal(("/w==", 2), (all["bob"].GetProperty("base64").GetString(), all["bob"].GetProperty("status").GetInt32()));
        Assert.Equal("binary ended with exit status 2", all["bob"].GetProperty("error").GetString());
        Assert.Contains("nobody", all["nobody"].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("more than 4.00 MiB", all[ToCarol].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_answer_gets_a_file_of_its_own_once_it_is_whole()
    {
        string folder = Network.PathOf("answers");
        await ServeAsync("data", "cat; head -c 5000000 /dev/zero; exit 3", Bob);
        await Carol.WithControlAsync(async control =>
        {
            await using var offer = await control.RegisterStreamAsync("data", async (_, output, token) =>
            {
                await output.WriteAsync(new byte[100], token);
                throw new InvalidOperationException("broken off");
            });
            Finished called = await Alice.R2Async("start"u8.ToArray(), "invoke", "-o", folder, $"bob,{ToCarol}", "data");
            Assert.True(called is { ExitCode: 1, Output: "" }, called.ToString());
            Assert.Contains("r2: bob: data ended with exit status 3\n", called.Error, StringComparison.Ordinal);
            Assert.Contains($"r2: {ToCarol}: broken off\n", called.Error, StringComparison.Ordinal);
            return true;
        });
        Assert.Equal([Path.Combine(folder, "bob")], Directory.GetFileSystemEntries(folder));
        byte[] whole = await File.ReadAllBytesAsync(Path.Combine(folder, "bob"));
        Assert.True(whole.AsSpan().SequenceEqual([.. "start"u8, .. new byte[5000000]]), $"{whole.Length} bytes");

        var told = Documents((await Alice.R2Async("invoke", "-o", folder, "--json", ToCarol, "sha256")).Succeeds()).Single();
        Assert.Equal(Path.Combine(folder, $"bob+{Carol.Id}"), told.GetProperty("file").GetString());
        Assert.Equal(Sum([]) + "\n", await File.ReadAllTextAsync(told.GetProperty("file").GetString()!));
    }

    [Fact]
    public async Task A_node_that_takes_nothing_is_cut_at_its_time_and_the_others_get_everything()
    {
        await ServeAsync("hash", "sleep 1000", Bob);
        await ServeAsync("hash", "sha256sum", Carol);
        // More than what waits on the way.
        const int bytes = 64 * 1024 * 1024;
        Finished called = await Network.ShAsync($"head -c {bytes} /dev/zero | r2 -s {Alice.SocketPath} invoke --stall 5s bob,{ToCarol} hash", Long);
        Assert.Contains("took no input for 5 s", called.FailsWith(3), StringComparison.Ordinal);
        Assert.Equal($"{ToCarol}: {Sum(new byte[bytes])}\n", called.Output);
        await Bob.UntilWithoutChildrenAsync();
    }

    [Fact]
    public async Task A_node_that_takes_too_long_is_cut_at_its_time()
    {
        await ServeAsync("nap", "sleep 1000", Bob);
        await ServeAsync("nap", "echo up", Carol);
        Finished called = await Alice.R2Async("invoke", "--timeout", "5s", $"bob,{ToCarol}", "nap");
        Assert.Contains("was not done within 5 s", called.FailsWith(3), StringComparison.Ordinal);
        Assert.Equal($"{ToCarol}: up\n", called.Output);
        await Bob.UntilWithoutChildrenAsync();
    }

    [Fact]
    public async Task An_interrupt_cuts_it_everywhere()
    {
        await ServeAsync("stay", "echo up; sleep 1000", Bob, Carol);
        var running = Alice.StartR2("invoke", $"bob,{ToCarol}", "stay");
        await running.LineAsync("up");
        await running.LineAsync("up");
        running.Signal(Signals.Interrupt);
        Assert.Equal(130, await running.ExitAsync());
        await Bob.UntilWithoutChildrenAsync();
        await Carol.UntilWithoutChildrenAsync();
    }

    [Fact]
    public async Task Nothing_is_read_or_written_that_nobody_needs()
    {
        await ServeAsync("head", "head -n 1", Bob, Carol);
        await ServeAsync("yes", "yes", Bob, Carol);
        // Neither the endless input nor the endless answers keep it.
        Finished head = await Network.ShAsync($"yes | r2 -s {Alice.SocketPath} invoke bob,{ToCarol} head", Long);
        Assert.Equal(new SortedSet<string> { "bob: y", $"{ToCarol}: y" }, Lines(head.Succeeds()));
        Finished yes = await Network.ShAsync($"r2 -s {Alice.SocketPath} invoke bob,{ToCarol} yes </dev/null | head -n 1000 | wc -l", Long);
        Assert.Equal(("1000\n", ""), (yes.Succeeds().Output, yes.Error));
        await Bob.UntilWithoutChildrenAsync();
        await Carol.UntilWithoutChildrenAsync();
    }

    [Fact]
    public async Task What_can_not_be_used_is_said()
    {
        // Before alice has been there: she is known.
        Assert.Contains("* means nobody", (await Carol.R2Async("invoke", "*", "sha256")).FailsWith(3), StringComparison.Ordinal);
        Assert.Contains("\"none\"", (await Alice.R2Async("invoke", ToCarol, "none")).FailsWith(3), StringComparison.Ordinal);
        Assert.Contains("does not know", (await Bob.R2Async("invoke", "carol", "sha256")).FailsWith(4), StringComparison.Ordinal);
        Assert.Contains("name the node alone", (await Alice.R2Async("invoke", "bob/service:sha256")).FailsWith(2), StringComparison.Ordinal);
        Assert.Contains("a b", (await Alice.R2Async("invoke", "bob", "a b")).FailsWith(2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_memory_of_all_programs_is_the_same_for_any_length()
    {
        // 8 times the length, and no more memory than the collector's moods and windows of up to 16 MiB make.
        const long small = 32 * Mebibyte;
        const long big = 256 * Mebibyte;
        const long growth = 64 * Mebibyte;
        long[] first = await PeaksAsync(small);
        long[] second = await PeaksAsync(big);

        for (int i = 0; i < first.Length; i++)
            Assert.True(first[i] > 0 && second[i] - first[i] < growth, $"program {i} of r2, alice, bob, carol: at most {first[i] / Mebibyte} MiB for {small / Mebibyte} MiB, {second[i] / Mebibyte} MiB for {big / Mebibyte} MiB");
    }

    // The peaks of the daemons only grow, so that the second ones are those of both.
    private async Task<long[]> PeaksAsync(long length)
    {
        var r2 = Alice.StartR2("invoke", $"bob,{ToCarol}", "sha256");
        byte[] block = new byte[Mebibyte];
        for (long sent = 0; sent < length; sent += block.Length)
            await r2.Input.WriteAsync(block).AsTask().WaitAsync(Bounded.Wait);
        // Before its end, so that it is still there to be looked at.
        long[] peaks = [.. new[] { r2.Id, Alice.ProcessId, Bob.ProcessId, Carol.ProcessId }.Select(ProcessTable.TryPeakBytes)];
        r2.Input.Close();
        Assert.Equal(0, await r2.ExitAsync(Long));
        string zeros = await ZerosAsync(length);
        Assert.Equal(new SortedSet<string> { $"bob: {zeros}", $"{ToCarol}: {zeros}" }, r2.Text.Split('\n').ToHashSet());
        return peaks;
    }

    private async Task<string> ZerosAsync(long length) => (await Network.ShAsync($"head -c {length} /dev/zero | sha256sum", Long)).Succeeds().Output.TrimEnd('\n');

    private static async Task ServeAsync(string name, string command, params Daemon[] daemons)
    {
        foreach (Daemon daemon in daemons)
            await daemon.ServeAsync(name, command);
    }

    private static HashSet<string> Lines(Finished program) => [.. program.Output.TrimEnd('\n').Split('\n')];

    private static List<JsonElement> Documents(Finished program) => [.. program.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];

    // As sha256sum has it.
    private static string Sum(ReadOnlySpan<byte> bytes) => $"{Convert.ToHexStringLower(SHA256.HashData(bytes))}  -";
}
