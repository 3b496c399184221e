using System.Runtime.Versioning;
using Pnet.Services.Files;
using Pnet.Tests.Links;

namespace Pnet.Tests.Services.Files;

/// <summary>What a sender may announce: names that are too long, too deep, twice there, or something else on another system, and things that are no files.</summary>
[SupportedOSPlatform("linux")]
public sealed class HostileManifestTests
{
    private static readonly byte[] Content = "text"u8.ToArray();

    public static TheoryData<string> TooLong => [new string('n', 256), new string('ü', 128), string.Join('/', Enumerable.Repeat(new string('n', 255), 17)), string.Join('/', Enumerable.Repeat("d", 129))];

    [Theory]
    [MemberData(nameof(TooLong))]
    public async Task A_path_that_is_too_long_is_refused_and_the_next_file_arrives(string path)
    {
        await using var sender = new RawSender();
        Assert.Equal((FileStatus.Failed, PnetError.Refused), (await sender.SendAsync(0, path, Content)) is var answer ? (answer.Status, answer.Error) : default);
        Assert.Equal(FileStatus.Copied, (await sender.SendAsync(1, "good", Content)).Status);
        await IsEndedAsync(sender, "good");
    }

    [Fact]
    public async Task The_deepest_path_arrives_whole()
    {
        await using var sender = new RawSender();
        string name = new('d', 30);
        string path = name;
        for (uint i = 0; i < FilePath.MaxDepth - 1; i++, path += $"/{name}")
        {
            await sender.SayAsync(FileMessage.Entry, RawSender.Entry(i, path, 0, folder: true));
            Assert.Equal(FileStatus.Copied, (await sender.AnswerAsync()).Status);
        }
        Assert.Equal(FileStatus.Copied, (await sender.SendAsync(FilePath.MaxDepth - 1, path, Content)).Status);
        await IsEndedAsync(sender, name);
    }

    [Theory]
    [InlineData(FileCollision.Fail)]
    [InlineData(FileCollision.Overwrite)]
    [InlineData(FileCollision.Rename)]
    public async Task Names_that_differ_by_case_are_two_files(FileCollision collision)
    {
        await using var sender = new RawSender(collision);
        Assert.Equal(FileStatus.Copied, (await sender.SendAsync(0, "Name", "upper"u8.ToArray())).Status);
        Assert.Equal(FileStatus.Copied, (await sender.SendAsync(1, "name", "lower"u8.ToArray())).Status);
        Assert.Equal(("upper", "lower"), (File.ReadAllText(Path.Combine(sender.Destination, "Name")), File.ReadAllText(Path.Combine(sender.Destination, "name"))));
        await IsEndedAsync(sender, "Name", "name");
    }

    [Theory]
    [InlineData("NUL")]
    [InlineData("con")]
    [InlineData("aux.txt")]
    [InlineData("COM1")]
    [InlineData("C:")]
    [InlineData("a:b")]
    [InlineData("x::$DATA")]
    [InlineData("..\\..\\x")]
    [InlineData("~")]
    [InlineData("-rf")]
    [InlineData("$(touch x)")]
    [InlineData("new\nline")]
    public async Task A_name_that_means_something_elsewhere_is_a_file_here(string name)
    {
        await using var sender = new RawSender();
        Assert.Equal(FileStatus.Copied, (await sender.SendAsync(0, name, Content)).Status);
        Assert.Equal(Content, File.ReadAllBytes(Path.Combine(sender.Destination, name)));
        await IsEndedAsync(sender, name);
    }

    [Theory]
    [InlineData(FileCollision.Fail)]
    [InlineData(FileCollision.Overwrite)]
    [InlineData(FileCollision.Rename)]
    [InlineData(FileCollision.Newer)]
    public async Task A_FIFO_or_a_device_in_the_place_of_a_file_is_not_opened(FileCollision collision)
    {
        // Whoever opened the FIFO to write would wait for ever.
        await using var sender = new RawSender(collision, prepare: at => RunProgram("mkfifo", Path.Combine(at, "in/pipe"), Path.Combine(at, "in", FilePath.PartialName("other"))));
        var answer = await sender.SendAsync(0, "pipe", Content);
        Assert.Equal((FileStatus.Failed, PnetError.AlreadyExists), (answer.Status, answer.Error));
        Assert.Contains("a FIFO has that name", answer.Text, StringComparison.Ordinal);
        Assert.Equal(FileStatus.Failed, (await sender.SendAsync(1, "other", Content)).Status);
        Assert.Equal(FileStatus.Copied, (await sender.SendAsync(2, "good", Content)).Status);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(255)]
    public async Task What_is_neither_file_nor_directory_is_not_made(byte kind)
    {
        await using var sender = new RawSender();
        var entry = RawSender.Entry(0, "device");
        entry[4] = kind;
        await sender.SayAsync(FileMessage.Entry, entry);
        await sender.IsRefusedAsync("impossible fields");
        Assert.Empty(Directory.GetFileSystemEntries(sender.Destination));
    }

    [Fact]
    public async Task A_file_that_is_announced_as_endless_takes_the_room_of_what_came()
    {
        await using var sender = new RawSender();
        await sender.SayAsync(FileMessage.Entry, RawSender.Entry(0, "endless", long.MaxValue));
        Assert.Equal(FileMessage.Want, (await sender.AnswerAsync()).Kind);
        await sender.SayAsync(FileMessage.Begin, RawSender.Begin(0));
        await sender.SayAsync(FileMessage.Data, Content);
        await sender.EndAsync();
        await sender.IsRefusedAsync("the end with 1 files under way");
        Assert.Equal(Content.Length, new FileInfo(Path.Combine(sender.Destination, FilePath.PartialName("endless"))).Length);
    }

    [Theory]
    [InlineData(FileCollision.Fail, FileStatus.Failed, "first")]
    [InlineData(FileCollision.Skip, FileStatus.Skipped, "first")]
    [InlineData(FileCollision.Rename, FileStatus.Renamed, "first")]
    [InlineData(FileCollision.Overwrite, FileStatus.Replaced, "second")]
    public async Task A_name_that_comes_again_is_a_collision_like_any_other(FileCollision collision, FileStatus status, string kept)
    {
        await using var sender = new RawSender(collision);
        Assert.Equal(FileStatus.Copied, (await sender.SendAsync(0, "twin", "first"u8.ToArray())).Status);
        Assert.Equal(status, (await sender.SendAsync(1, "twin", "second"u8.ToArray())).Status);
        Assert.Equal(kept, File.ReadAllText(Path.Combine(sender.Destination, "twin")));
    }

    [Fact]
    public async Task A_file_and_a_directory_of_one_name_are_no_more_than_the_first()
    {
        await using var sender = new RawSender(FileCollision.Overwrite);
        Assert.Equal(FileStatus.Copied, (await sender.SendAsync(0, "file", Content)).Status);
        await sender.SayAsync(FileMessage.Entry, RawSender.Entry(1, "file", 0, folder: true));
        Assert.Equal((FileStatus.Failed, PnetError.AlreadyExists), (await sender.AnswerAsync()) is var folder ? (folder.Status, folder.Error) : default);
        Assert.Equal(FileStatus.Failed, (await sender.SendAsync(2, "file/below", Content)).Status);
        await sender.SayAsync(FileMessage.Entry, RawSender.Entry(3, "folder", 0, folder: true));
        Assert.Equal(FileStatus.Copied, (await sender.AnswerAsync()).Status);
        Assert.Equal((FileStatus.Failed, PnetError.AlreadyExists), (await sender.SendAsync(4, "folder", Content)) is var file ? (file.Status, file.Error) : default);
        await IsEndedAsync(sender, "file", "folder");
    }

    public static TheoryData<string, byte[]> Requests => new()
    {
        { "version 4; this is version 3", [4, 1, 0, 0, 0, 1, 0, 0] },
        { "impossible fields for version 1", [1, 3, 0, 0, 0, 1, 0, 0] },
        { "impossible fields for version 1", [1, 2, 0, 8, 0, 1, 0, 0] },
        { "impossible fields", [2, 4, 0, 0, 0, 1, 0, 0] },
        { "impossible fields for version 2", [2, 3, 0, 16, 0, 1, 0, 0, 0, 0] },
        { "impossible fields", [3, 2, 0, 16, 0, 1, 0, 0, 0, 0] },
        { "impossible fields", [3, 3, 0, 16, 0, 2, 0, 0, 0, 0, 0, 0] },
        { "impossible fields", [3, 2, 0, 32, 0, 1, 0, 0] },
        { "too short", [3, 3, 0, 16, 0, 1, 0, 0] },
        { "impossible fields", [2, 1, 0, 8, 0, 1, 0, 0] },
        { "impossible fields", [1, 1, 5, 0, 0, 1, 0, 0] },
        { "impossible fields", [1, 1, 0, 8, 0, 1, 0, 0] },
        { "impossible fields", [1, 2, 0, 0, 0, 0] },
        { "impossible fields", [1, 1, 0, 0, 0, 2, 0, 0, 0, 0] },
        { "too short", [1, 2, 0, 0, 0xff, 0xff, 0, 0] },
        { "too short", [1, 2, 0, 0, 0, 1, 0xff, 0xff, (byte)'a'] },
        { "too short", [] },
        { "not UTF-8", [1, 1, 0, 0, 0, 1, 0, 1, 0xff] },
        { "too many", [1, 1, 0, 0, 0, 1, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_that_makes_no_sense_is_a_breach_of_the_rules(string why, byte[] payload)
    {
        var failure = Assert.Throws<PnetException>(() => FileRequest.Read(payload));
        Waiting.Tells(failure, PnetError.Protocol, why);
    }

    private static async Task IsEndedAsync(RawSender sender, params string[] names)
    {
        await sender.EndAsync();
        await sender.Receiving.Soon();
        Assert.Empty(Directory.GetFileSystemEntries(sender.Elsewhere));
        Assert.Equal(names.Order(StringComparer.Ordinal), Directory.GetFileSystemEntries(sender.Destination).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
    }

    private static void RunProgram(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
