using System.Runtime.Versioning;
using System.Security.Cryptography;
using Pnet.Services.Files;
using Pnet.Tests.Links;

namespace Pnet.Tests.Services.Files;

/// <summary>What a sender may say to get out of the destination, to fill memory, or to leave half of a file under its name.</summary>
[SupportedOSPlatform("linux")]
public sealed class HostileSenderTests
{
    private static readonly byte[] Content = "evil"u8.ToArray();

    [Theory]
    [InlineData("../out/x")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/etc/x")]
    [InlineData("a/../../out/x")]
    [InlineData("a//x")]
    [InlineData("a/./x")]
    [InlineData("x/")]
    [InlineData("x\0y")]
    [InlineData(".pnet-part-00112233")]
    [InlineData("a/.pnet-part-00112233/x")]
    public async Task A_path_that_leads_elsewhere_is_refused_and_the_next_file_arrives(string path)
    {
        await using var sender = new RawSender();
        var answer = await sender.SendAsync(0, path, Content);
        Assert.Equal((FileMessage.Settled, FileStatus.Failed, PnetError.Refused), (answer.Kind, answer.Status, answer.Error));
        Assert.Equal(FileStatus.Copied, (await sender.SendAsync(1, "good", Content)).Status);
        await sender.EndAsync();
        await sender.Receiving.Soon();
        Assert.Empty(Directory.GetFileSystemEntries(sender.Elsewhere));
        Assert.Equal(["good"], Directory.GetFileSystemEntries(sender.Destination).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_link_in_the_destination_leads_nowhere()
    {
        await using var sender = new RawSender(FileCollision.Overwrite, prepare: at =>
        {
            Directory.CreateSymbolicLink(Path.Combine(at, "in/folder"), Path.Combine(at, "out"));
            File.CreateSymbolicLink(Path.Combine(at, "in/file"), Path.Combine(at, "out/file"));
        });
        Assert.Equal(FileStatus.Failed, (await sender.SendAsync(0, "folder/x", Content)).Status);
        Assert.Equal(FileStatus.Failed, (await sender.SendAsync(1, "file", Content)).Status);
        await sender.SayAsync(FileMessage.Entry, RawSender.Entry(2, "folder", 0, folder: true));
        Assert.Equal(FileStatus.Failed, (await sender.AnswerAsync()).Status);
        Assert.Empty(Directory.GetFileSystemEntries(sender.Elsewhere));
    }

    [Fact]
    public async Task A_link_or_a_second_name_in_the_place_of_a_partial_file_is_not_written_to()
    {
        await using var sender = new RawSender(prepare: at =>
        {
            File.WriteAllText(Path.Combine(at, "out/kept"), "kept");
            File.CreateSymbolicLink(Path.Combine(at, "in", FilePath.PartialName("link")), Path.Combine(at, "out/new"));
            HardLink(Path.Combine(at, "out/kept"), Path.Combine(at, "in", FilePath.PartialName("hard")));
        });
        Assert.Equal(FileStatus.Failed, (await sender.SendAsync(0, "link", Content)).Status);
        Assert.Equal(FileMessage.Settled, (await BeginAsync(sender, 1, "hard")).Kind);
        Assert.Equal("kept", File.ReadAllText(Path.Combine(sender.Elsewhere, "kept")));
        Assert.Single(Directory.GetFileSystemEntries(sender.Elsewhere));
    }

    [Fact]
    public async Task What_was_not_asked_for_is_refused()
    {
        await using var sender = new RawSender(asked: name => name == "wanted");
        Assert.Equal(PnetError.Refused, (await sender.SendAsync(0, ".bashrc", Content)).Error);
        Assert.Equal(FileStatus.Copied, (await sender.SendAsync(1, "wanted", Content)).Status);
        Assert.False(File.Exists(Path.Combine(sender.Destination, ".bashrc")));
    }

    [Fact]
    public async Task Where_files_alone_were_asked_for_nothing_comes_into_a_directory()
    {
        await using var sender = new RawSender(asked: _ => true, recurse: false);
        string bin = Directory.CreateDirectory(Path.Combine(sender.Destination, "bin")).FullName;
        await sender.SayAsync(FileMessage.Entry, RawSender.Entry(0, "bin", 0, folder: true));
        Assert.Equal(PnetError.Refused, (await sender.AnswerAsync()).Error);
        Assert.Equal(PnetError.Refused, (await sender.SendAsync(1, "bin/ls", Content)).Error);
        Assert.Equal(FileStatus.Copied, (await sender.SendAsync(2, "file", Content)).Status);
        Assert.Empty(Directory.GetFileSystemEntries(bin));
    }

    [Fact]
    public async Task Permissions_never_hold_more_than_reading_writing_and_running()
    {
        await using var sender = new RawSender();
        var entry = RawSender.Entry(0, "setuid");
        entry[5] = 0x09; // S_ISUID
        await sender.SayAsync(FileMessage.Entry, entry);
        await sender.IsRefusedAsync("impossible fields");
    }

    [Fact]
    public async Task A_name_that_comes_twice_fails_once()
    {
        await using var sender = new RawSender(FileCollision.Overwrite);
        await sender.SayAsync(FileMessage.Entry, RawSender.Entry(0, "twin"));
        await sender.SayAsync(FileMessage.Entry, RawSender.Entry(1, "twin"));
        Assert.Equal(FileMessage.Want, (await sender.AnswerAsync()).Kind);
        Assert.Equal((1u, FileStatus.Failed), ((await sender.AnswerAsync()) is var a ? a.Index : 0, a.Status));
    }

    [Fact]
    public async Task More_data_than_announced_end_the_copy_and_leave_nothing_under_the_name()
    {
        await using var sender = new RawSender();
        await BeginAsync(sender, 0, "f");
        await sender.SayAsync(FileMessage.Data, new byte[5]);
        await sender.IsRefusedAsync("more data than were announced");
        Assert.False(File.Exists(Path.Combine(sender.Destination, "f")));
    }

    [Fact]
    public async Task Less_data_than_announced_are_no_file()
    {
        await using var sender = new RawSender();
        await BeginAsync(sender, 0, "f");
        await sender.SayAsync(FileMessage.Data, new byte[3]);
        await sender.SayAsync(FileMessage.Finish, RawSender.Index(0));
        await sender.IsRefusedAsync("after 3 of 4 bytes");
        Assert.False(File.Exists(Path.Combine(sender.Destination, "f")));
    }

    [Fact]
    public async Task An_end_in_the_middle_of_a_file_leaves_it_to_be_gone_on_with()
    {
        await using var sender = new RawSender();
        await BeginAsync(sender, 0, "f");
        await sender.SayAsync(FileMessage.Data, "ev"u8.ToArray());
        await sender.EndAsync();
        await sender.IsRefusedAsync("the end with 1 files under way");
        Assert.Equal("ev", File.ReadAllText(Path.Combine(sender.Destination, FilePath.PartialName("f"))));
        Assert.Single(Directory.GetFileSystemEntries(sender.Destination));
    }

    [Fact]
    public async Task What_is_gone_on_with_is_what_has_the_hash_that_was_told()
    {
        await using var sender = new RawSender(prepare: at => File.WriteAllText(Path.Combine(at, "in", FilePath.PartialName("f")), "evil is"));
        await sender.SayAsync(FileMessage.Entry, RawSender.Entry(0, "f", 9));
        var want = await sender.AnswerAsync();
        Assert.Equal((7L, Convert.ToHexString(SHA256.HashData("evil is"u8))), (want.Offset, Convert.ToHexString(want.Hash!)));
        // The sender has something else, and begins at the beginning.
        await sender.SayAsync(FileMessage.Begin, RawSender.Begin(0));
        await sender.SayAsync(FileMessage.Data, "all good!"u8.ToArray());
        await sender.SayAsync(FileMessage.Finish, RawSender.Index(0));
        Assert.Equal(FileStatus.Copied, (await sender.AnswerAsync()).Status);
        Assert.Equal("all good!", File.ReadAllText(Path.Combine(sender.Destination, "f")));
    }

    [Fact]
    public async Task Entries_without_end_end_the_copy()
    {
        await using var sender = new RawSender();
        var reading = Task.Run(async () =>
        {
            for (int i = 0; i < FileSender.MaxPending; i++)
                Assert.Equal(FileMessage.Want, (await sender.AnswerAsync()).Kind);
        });
        for (uint i = 0; i <= FileSender.MaxPending; i++)
            await sender.SayAsync(FileMessage.Entry, RawSender.Entry(i, $"f{i}"));
        await sender.IsRefusedAsync("files under way");
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.Empty(Directory.GetFileSystemEntries(sender.Destination));
    }

    public static TheoryData<string, byte, byte[]> Broken => new()
    {
        { "out of its turn", (byte)FileMessage.Entry, RawSender.Entry(7, "f") },
        { "impossible fields", (byte)FileMessage.Entry, RawSender.Entry(0, "f", -1) },
        { "too short", (byte)FileMessage.Entry, [0, 0] },
        { "not UTF-8", (byte)FileMessage.Entry, [.. RawSender.Entry(0, "f")[..^1], 0xff] },
        { "too many", (byte)FileMessage.Entry, [.. RawSender.Entry(0, "f"), 0] },
        { "not open", (byte)FileMessage.Begin, RawSender.Begin(0) },
        { "not open", (byte)FileMessage.Finish, RawSender.Index(0) },
        { "not open", (byte)FileMessage.Abandon, RawSender.Index(0, 0, 0, 0) },
        { "not open", (byte)FileMessage.Compared, RawSender.Index(0, 1) },
        { "more data", (byte)FileMessage.Data, [1] },
        { "from a sender", (byte)FileMessage.Want, RawSender.Begin(0) },
        { "from a sender", 77, [1] },
        { "bytes", 77, new byte[FileInput.MaxMessage + 1] },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task What_makes_no_sense_ends_the_copy(string why, byte kind, byte[] payload)
    {
        await using var sender = new RawSender();
        await sender.SayAsync((FileMessage)kind, payload);
        await sender.IsRefusedAsync(why);
    }

    [Fact]
    public async Task Random_bytes_end_the_copy_and_write_nothing()
    {
        var random = new Random(4);
        for (int i = 0; i < 200; i++)
        {
            await using var sender = new RawSender();
            var bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            bytes[0] = (byte)random.Next(0, 14);
            await sender.SayRawAsync(bytes);
            await sender.EndAsync();
            await sender.Receiving.FailsAsync(PnetError.Protocol);
            Assert.Empty(Directory.GetFileSystemEntries(sender.Elsewhere));
            Assert.Empty(Directory.GetFiles(sender.Destination));
        }
    }

    [Fact]
    public void Any_path_is_taken_apart_into_names_or_refused()
    {
        var random = new Random(5);
        string[] parts = ["a", "..", ".", "", "b c", "ü", "\n", "\0", "-x", FilePath.PartialPrefix + "1", new string('n', 256)];
        for (int i = 0; i < 20_000; i++)
        {
            string path = string.Join('/', Enumerable.Range(0, random.Next(1, 6)).Select(_ => parts[random.Next(parts.Length)]));
            string[]? names = null;
            try
            {
                names = FilePath.Split(path);
            }
            catch (PnetException e)
            {
                Assert.Equal(PnetError.Refused, e.Error);
            }
            bool good = path.Split('/').All(name => name is not ("" or "." or ".." or "\0") && name.Length < 256 && !name.StartsWith(FilePath.PartialPrefix, StringComparison.Ordinal));
            Assert.Equal(good, names is not null);
        }
    }

    private static async Task<FileAnswer> BeginAsync(RawSender sender, uint index, string path)
    {
        await sender.SayAsync(FileMessage.Entry, RawSender.Entry(index, path));
        var want = await sender.AnswerAsync();
        Assert.Equal(FileMessage.Want, want.Kind);
        await sender.SayAsync(FileMessage.Begin, RawSender.Begin(index, want.Offset));
        return File.Exists(Path.Combine(sender.Destination, FilePath.PartialName(path))) && path == "hard" ? await sender.AnswerAsync() : want;
    }

    private static void HardLink(string from, string to)
    {
        using var process = System.Diagnostics.Process.Start("ln", [from, to]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
