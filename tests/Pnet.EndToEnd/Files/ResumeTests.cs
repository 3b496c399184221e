using System.Text.Json;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Files;

/// <summary>
/// Copies that are broken off and gone on with: what was there is not sent again, by the copy's own account and by what a's link carries.
/// </summary>
public sealed class ResumeTests
{
    private const long Size = 64_000_000;
    private const long Enough = 10_000_000;

    // What frames, records and talk come to, beside the bytes of the files.
    private const double Overhead = 1.02;
    private const long Talk = 1_000_000;

    /// <summary>What is broken, in the middle of a copy.</summary>
    public enum Break
    {
        Link,
        Relay,
        OtherNode,
        OwnNode,
    }

    [Theory]
    [InlineData(Break.Link)]
    [InlineData(Break.Relay)]
    [InlineData(Break.OtherNode)]
    [InlineData(Break.OwnNode)]
    public async Task A_file_that_is_sent_goes_on_where_it_broke_off_and_no_byte_is_sent_twice(Break what)
    {
        await using var files = await FileNetwork.StartAsync(gated: "c");
        string source = files.PathOf("big");
        await files.Network.ShAsync($"head -c {Size} /dev/urandom >{source}");

        long left = await CutAsync(files, what, files.Share, source, "b/c:big");
        Assert.DoesNotContain("big", FileNetwork.NamesIn(files.Share));
        var (last, carried) = await CopyAsync(files, link => link.BytesSent, source, "b/c:big");

        Assert.Equal("copied", last[0].GetProperty("status").GetString());
        Assert.Equal(Size - left, last[0].GetProperty("sent").GetInt64());
        Assert.InRange(carried, Size - left, ((Size - left) * Overhead) + Talk);
        Assert.Equal(await FileNetwork.HashAsync(source), await FileNetwork.HashAsync($"{files.Share}/big"));
        Assert.Equal(["big"], FileNetwork.NamesIn(files.Share));
    }

    [Theory]
    [InlineData(Break.Relay)]
    [InlineData(Break.OtherNode)]
    public async Task A_file_that_is_received_goes_on_where_it_broke_off_and_no_byte_is_sent_twice(Break what)
    {
        await using var files = await FileNetwork.StartAsync(gated: "c");
        var (source, got) = ($"{files.Share}/big", files.PathOf("got"));
        await files.Network.ShAsync($"head -c {Size} /dev/urandom >{source}; mkdir {got}");

        long left = await CutAsync(files, what, got, "b/c:big", got);
        Assert.DoesNotContain("big", FileNetwork.NamesIn(got));
        var (last, carried) = await CopyAsync(files, link => link.BytesReceived, "b/c:big", got);

        Assert.Equal(Size - left, last[0].GetProperty("sent").GetInt64());
        Assert.InRange(carried, Size - left, ((Size - left) * Overhead) + Talk);
        Assert.Equal(await FileNetwork.HashAsync(source), await FileNetwork.HashAsync($"{got}/big"));
        Assert.Equal(["big"], FileNetwork.NamesIn(got));
    }

    [Theory]
    [InlineData(Break.Link)]
    [InlineData(Break.OtherNode)]
    public async Task A_tree_goes_on_where_it_broke_off_and_no_byte_is_sent_twice(Break what)
    {
        await using var files = await FileNetwork.StartAsync(gated: "c");
        string tree = files.PathOf("tree");
        // Directories that nobody but their owner may use, that all may write to, and that not even the owner may write to.
        (await files.Network.ShAsync(
            $"mkdir {tree}; cd {tree}; head -c {Size} /dev/urandom | split -b 700000 - f; mkdir private open sealed; mv f*[a-h] private; mv f*[i-p] open; touch empty; "
            + "cp /bin/sh sealed; touch -d 2001-02-03 sealed private open sealed/sh; chmod 700 private; chmod 777 open; chmod 555 sealed; touch -d 2002-03-04 .")).Succeeds();
        long total = Bytes(tree);

        long left = await CutAsync(files, what, files.Share, "-r", tree, "b/c:");
        int whole = Directory.EnumerateFiles($"{files.Share}/tree", "*", SearchOption.AllDirectories).Count() - FileNetwork.Partial(files.Share).Count();
        var (last, carried) = await CopyAsync(files, link => link.BytesSent, "-r", tree, "b/c:");

        var summary = last[^1];
        Assert.Equal((0, whole), (summary.GetProperty("failed").GetInt32(), summary.GetProperty("unchanged").GetInt32()));
        Assert.Equal(total - left, summary.GetProperty("bytesSent").GetInt64());
        Assert.InRange(carried, total - left, ((total - left) * Overhead) + Talk);
        (await files.Network.ShAsync(
            $"cd {files.Network.Directory}; diff -r tree share/tree && (cd tree && find . -printf '%p %m %T@\\n' | sort) >1 && (cd share/tree && find . -printf '%p %m %T@\\n' | sort) >2 && diff 1 2")).Succeeds();
    }

    [Theory]
    [InlineData("printf x | dd of={0} bs=1 seek=5000000 conv=notrunc")]
    [InlineData("head -c 100000000 /dev/zero >{0}")]
    [InlineData(": >{0}")]
    public async Task What_was_changed_of_a_part_that_is_there_is_found_and_all_is_sent_again(string change)
    {
        await using var files = await FileNetwork.StartAsync(gated: "c");
        string source = files.PathOf("big");
        await files.Network.ShAsync($"head -c {Size} /dev/urandom >{source}");
        await CutAsync(files, Break.Link, files.Share, source, "b/c:big");
        (await files.Network.ShAsync(string.Format(null, change, FileNetwork.Partial(files.Share).Single().FullName))).Succeeds();

        var (last, _) = await CopyAsync(files, link => link.BytesSent, source, "b/c:big");

        Assert.Equal(Size, last[0].GetProperty("sent").GetInt64());
        Assert.Equal(await FileNetwork.HashAsync(source), await FileNetwork.HashAsync($"{files.Share}/big"));
        Assert.Equal(["big"], FileNetwork.NamesIn(files.Share));
    }

    [Fact]
    public async Task A_file_that_was_changed_after_the_break_is_sent_as_it_is_now()
    {
        await using var files = await FileNetwork.StartAsync(gated: "c");
        string source = files.PathOf("big");
        await files.Network.ShAsync($"head -c {Size} /dev/urandom >{source}");
        await CutAsync(files, Break.Link, files.Share, source, "b/c:big");
        (await files.Network.ShAsync($"printf changed | dd of={source} bs=1 seek=1000 conv=notrunc")).Succeeds();

        var (last, _) = await CopyAsync(files, link => link.BytesSent, source, "b/c:big");

        Assert.Equal(Size, last[0].GetProperty("sent").GetInt64());
        Assert.Equal(await FileNetwork.HashAsync(source), await FileNetwork.HashAsync($"{files.Share}/big"));
    }

    /// <summary>Begins a copy, breaks what is to be broken once enough of it is there, and mends it.</summary>
    /// <returns>How many bytes are there, whole files and parts.</returns>
    private static async Task<long> CutAsync(FileNetwork files, Break what, string target, params string[] words)
    {
        files.Gate.CloseAfter(2 * Enough);
        var copy = files.A.StartR2(["cp", .. words]);
        await Bounded.UntilAsync("a part of the copy", () => copy.HasExited || Bytes(target) > Enough, null, () => copy.Text);
        await BreakAsync(files, what);
        Assert.True(await copy.ExitAsync() != 0, $"the copy was over before it was cut: {copy.Text}");
        files.Gate.Open();
        await MendAsync(files, what);

        // What was held at the gate comes still, and c drops its part of the copy when it notices.
        await Bounded.UntilAsync("c to be done with it", async () => (await files.C.WithControlAsync(control => control.GetServicesAsync())).All(service => service.Active == 0));
        long there = Bytes(target);
        Assert.True(there > Enough, $"{there} bytes are there");
        return there;
    }

    private static async Task BreakAsync(FileNetwork files, Break what)
    {
        switch (what)
        {
            case Break.Link:
                (await files.A.R2Async("disconnect", "b")).Succeeds();
                break;
            case Break.Relay:
                await files.B.KillAsync();
                break;
            case Break.OtherNode:
                await files.C.KillAsync();
                break;
            default:
                await files.A.KillAsync();
                break;
        }
    }

    private static async Task MendAsync(FileNetwork files, Break what)
    {
        switch (what)
        {
            case Break.Link:
                await files.ConnectAsync(files.A);
                break;
            case Break.Relay:
                // Those who were linked to it link again by themselves.
                await files.StartRelayAsync();
                await files.B.UntilLinkedToAsync(files.A);
                await files.B.UntilLinkedToAsync(files.C);
                break;
            case Break.OtherNode:
                await files.StartSharingAsync();
                break;
            default:
                await files.StartUserAsync();
                break;
        }
    }

    private static async Task<(JsonElement[] Told, long Carried)> CopyAsync(FileNetwork files, Func<Control.PeerInfo, long> count, params string[] words)
    {
        async Task<long> CountAsync() => (await files.A.UpAsync()).Where(peer => peer.Via is null).Sum(count);
        long before = await CountAsync();
        Finished copy = await Shell.RunAsync(Executables.Manager, ["-s", files.A.SocketPath, "cp", "--json", .. words], files.Network.Environment, limit: TimeSpan.FromMinutes(2));
        long after = await CountAsync();
        return ([.. copy.Succeeds().Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)], after - before);
    }

    private static long Bytes(string directory) =>
        Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path) is { Exists: true } file ? file.Length : 0) : 0;
}
