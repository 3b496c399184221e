using System.Runtime.Versioning;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Services.Files;
using Pnet.Tests.Links;
using Pnet.Tests.Transports;

namespace Pnet.Tests.Services.Files;

/// <summary>Copies between two nodes through a third.</summary>
[SupportedOSPlatform("linux")]
public sealed class FileCopyTests
{
    [Fact]
    public async Task A_file_arrives_with_its_content_permissions_and_time()
    {
        await using var stage = await FileStage.CreateAsync();
        string path = stage.WriteBytes("big.bin", 3_000_001);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead);
        File.SetLastWriteTimeUtc(path, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        var summary = await stage.SendAsync(path, "big.bin");
        Assert.Equal((1, 3_000_001, 3_000_001), (summary.Copied, summary.Bytes, summary.BytesSent));
        string there = stage.Shared("big.bin");
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(there));
        Assert.Equal(File.GetUnixFileMode(path), File.GetUnixFileMode(there));
        Assert.Equal(File.GetLastWriteTimeUtc(path), File.GetLastWriteTimeUtc(there));
        stage.LeftNothing();
    }

    [Fact]
    public async Task A_directory_goes_there_and_comes_back()
    {
        await using var stage = await FileStage.CreateAsync();
        stage.Write("tree/a.txt", "a");
        stage.Write("tree/sub/empty", "");
        stage.Write("tree/sub/new\nline", "n");
        stage.Write("tree/sub/-dash ünïcode", "d");
        Directory.CreateDirectory(Path.Combine(stage.Here, "tree/nothing"));
        var time = new DateTime(2003, 3, 3, 3, 3, 3, DateTimeKind.Utc);
        Directory.SetLastWriteTimeUtc(Path.Combine(stage.Here, "tree/sub"), time);
        var sent = await stage.SendAsync(Path.Combine(stage.Here, "tree"), "in/");
        Assert.Equal((4, 3, 0), (sent.Copied, sent.Directories, sent.Failed));
        Assert.Equal(time, Directory.GetLastWriteTimeUtc(stage.Shared("in/tree/sub")));
        var received = await stage.ReceiveAsync("in/tree", Path.Combine(stage.Here, "back"));
        Assert.Equal((4, 3, 0), (received.Copied, received.Directories, received.Failed));
        Assert.Equal(Contents(Path.Combine(stage.Here, "tree")), Contents(Path.Combine(stage.Here, "back")));
        Assert.Equal(time, Directory.GetLastWriteTimeUtc(Path.Combine(stage.Here, "back/sub")));
        stage.LeftNothing();
    }

    [Fact]
    public async Task All_of_a_share_comes_without_a_directory_of_its_own()
    {
        await using var stage = await FileStage.CreateAsync(FileSharing.ReadOnly);
        File.WriteAllText(stage.Shared("one"), "1");
        File.WriteAllText(stage.Shared("two"), "2");
        var summary = await stage.ReceiveAsync(".", Path.Combine(stage.Here, "all"));
        Assert.Equal(2, summary.Copied);
        Assert.Equal("1", File.ReadAllText(Path.Combine(stage.Here, "all/one")));
    }

    [Theory]
    [InlineData(FileCollision.Fail, FileStatus.Failed, "old")]
    [InlineData(FileCollision.Skip, FileStatus.Skipped, "old")]
    [InlineData(FileCollision.Overwrite, FileStatus.Replaced, "new")]
    [InlineData(FileCollision.Rename, FileStatus.Renamed, "old")]
    [InlineData(FileCollision.Newer, FileStatus.Replaced, "new")]
    public async Task A_name_that_is_taken_is_treated_as_asked(FileCollision collision, FileStatus status, string content)
    {
        await using var stage = await FileStage.CreateAsync();
        File.WriteAllText(stage.Shared("name.txt"), "old");
        File.SetLastWriteTimeUtc(stage.Shared("name.txt"), DateTime.UtcNow.AddDays(-1));
        string path = stage.Write("name.txt", "new");
        await stage.SendAsync(path, "", collision);
        Assert.Equal(status, Assert.Single(stage.Outcomes).Status);
        Assert.Equal(content, File.ReadAllText(stage.Shared("name.txt")));
        if (status == FileStatus.Renamed)
            Assert.Equal("new", File.ReadAllText(stage.Shared("name (2).txt")));
        stage.LeftNothing();
    }

    [Fact]
    public async Task A_name_that_is_nothing_but_an_extension_is_numbered_at_its_end()
    {
        await using var stage = await FileStage.CreateAsync();
        File.WriteAllText(stage.Shared(".profile"), "old");
        await stage.SendAsync(stage.Write(".profile", "new"), "", FileCollision.Rename);
        Assert.Equal("new", File.ReadAllText(stage.Shared(".profile (2)")));
    }

    [Fact]
    public async Task An_older_file_does_not_take_the_place_of_a_newer_one()
    {
        await using var stage = await FileStage.CreateAsync();
        File.WriteAllText(stage.Shared("f"), "old");
        string path = stage.Write("f", "new");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-1));
        Assert.Equal(1, (await stage.SendAsync(path, "", FileCollision.Newer)).Skipped);
    }

    [Theory]
    [InlineData(FileCollision.Fail)]
    [InlineData(FileCollision.Overwrite)]
    [InlineData(FileCollision.Rename)]
    public async Task The_same_content_is_no_collision_and_is_not_sent_again(FileCollision collision)
    {
        await using var stage = await FileStage.CreateAsync();
        stage.Write("d/one", "1");
        stage.WriteBytes("d/two", 500_000);
        string path = Path.Combine(stage.Here, "d");
        await stage.SendAsync(path);
        var again = await stage.SendAsync(path, "", collision);
        Assert.Equal((0, 2, 0, 0), (again.Copied, again.Unchanged, again.BytesSent, again.Failed));
        Assert.Equal(2, Directory.GetFiles(stage.Shared("d")).Length);
    }

    [Fact]
    public async Task One_file_that_fails_ends_no_other()
    {
        await using var stage = await FileStage.CreateAsync();
        stage.Write("d/a", "1");
        stage.Write("d/b", "2");
        File.CreateSymbolicLink(Path.Combine(stage.Here, "d/link"), "a");
        Directory.CreateDirectory(stage.Shared("d/b"));
        var summary = await stage.SendAsync(Path.Combine(stage.Here, "d"));
        Assert.Equal((1, 1, 1), (summary.Copied, summary.Failed, summary.Skipped));
        var failed = Assert.Single(stage.Outcomes, o => o.Status == FileStatus.Failed);
        Assert.Equal(("d/b", PnetError.AlreadyExists), (failed.Path, failed.Error));
        Assert.Contains("symbolic link", Assert.Single(stage.Outcomes, o => o.Status == FileStatus.Skipped).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_is_copied_only_where_that_was_asked_for()
    {
        await using var stage = await FileStage.CreateAsync();
        stage.Write("d/a");
        Assert.Equal(1, (await stage.SendAsync(Path.Combine(stage.Here, "d"), "", recurse: false)).Failed);
        Directory.CreateDirectory(stage.Shared("e"));
        Assert.Equal(1, (await stage.ReceiveAsync("e", stage.Here, recurse: false)).Failed);
        Assert.False(Directory.Exists(stage.Shared("d")));
    }

    [Fact]
    public async Task A_share_for_reading_takes_nothing()
    {
        await using var stage = await FileStage.CreateAsync(FileSharing.ReadOnly);
        string path = stage.Write("f");
        await Waiting.FailsAsync(() => stage.SendAsync(path), PnetError.Refused, "read-only");
        Assert.Empty(Directory.GetFileSystemEntries(stage.Share));
    }

    [Fact]
    public async Task A_stranger_gets_nothing()
    {
        await using var stage = await FileStage.CreateAsync();
        await stage.Carol.Control.RevokeAccessAsync(stage.Alice.Id.ToString());
        string path = stage.Write("f");
        await Waiting.FailsAsync(() => stage.SendAsync(path), PnetError.Refused);
        await Waiting.FailsAsync(() => stage.ReceiveAsync(".", stage.Here), PnetError.Refused);
    }

    [Fact]
    public async Task An_unknown_node_and_an_unknown_service_are_told()
    {
        await using var stage = await FileStage.CreateAsync();
        string path = stage.Write("f");
        await Assert.ThrowsAsync<PnetException>(() => stage.Client.SendAsync([path], FileTarget.Parse("nobody:")).Soon());
        await Waiting.FailsAsync(() => stage.Client.SendAsync([path], new FileTarget(AddressPath.Parse("bob/carol/service:none"))), PnetError.NotFound);
    }

    [Fact]
    public async Task What_is_not_there_is_told_by_its_name()
    {
        await using var stage = await FileStage.CreateAsync();
        Assert.Equal(1, (await stage.SendAsync(Path.Combine(stage.Here, "missing"))).Failed);
        Assert.Equal(PnetError.NotFound, Assert.Single(stage.Outcomes).Error);
        Assert.Equal(1, (await stage.ReceiveAsync("missing", stage.Here)).Failed);
        Assert.Equal(("missing", PnetError.NotFound), (Assert.Single(stage.Outcomes).Path, stage.Outcomes[0].Error));
    }

    [Theory]
    [InlineData((byte)FileOperation.Send)]
    [InlineData((byte)FileOperation.Receive)]
    [InlineData((byte)FileOperation.List)]
    public async Task A_request_that_is_refused_leaves_nothing_open(byte operation)
    {
        await using var stage = await FileStage.CreateAsync();
        foreach (string path in new[] { "..", "/etc", "a/../.." })
        {
            await using var transport = await stage.Alice.Control.OpenAsync(FileStage.Address.WithService("files")).Soon();
            using var output = new FileOutput(transport);
            await output.WriteAsync(FileMessage.Open, new FileRequest((FileOperation)operation, [path]), FileRequest.Write, default);
            await Waiting.FailsAsync(async () =>
            {
                await output.EndAsync(default);
                await transport.ReadAsync(new byte[1]);
            }, PnetError.Refused);
        }
        Assert.Equal(0, TimesOpen(stage.Share));
    }

    [Fact]
    public void A_directory_is_open_once_however_many_of_its_files_are_named()
    {
        using var directory = new TemporaryDirectory();
        string[] paths = [.. Enumerable.Range(0, 50).Select(i => directory.File($"{i}"))];
        foreach (string path in paths)
            File.WriteAllText(path, path);
        using var sources = new FileSources();
        Assert.Equal(paths.Select(Path.GetFileName), sources.Find(paths, recurse: false).Select(found => found.Path));
        Assert.Equal(1, TimesOpen(directory.Path));
    }

    [Fact]
    public async Task Many_small_files_arrive()
    {
        await using var stage = await FileStage.CreateAsync(roomInMemory: 256 << 20);
        for (int i = 0; i < 10_000; i++)
            stage.Write($"many/{i % 10}/{i}", $"{i}");
        var summary = await stage.SendAsync(Path.Combine(stage.Here, "many"));
        Assert.Equal((10_000, 0), (summary.Copied, summary.Failed));
        Assert.Equal("1234", File.ReadAllText(stage.Shared("many/4/1234")));
    }

    private static int TimesOpen(string path) => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(open => new FileInfo(open).LinkTarget == path);

    private static IEnumerable<string> Contents(string directory) => Directory.EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(directory, path) + (File.Exists(path) ? "=" + File.ReadAllText(path) : "/")).Order(StringComparer.Ordinal);
}
