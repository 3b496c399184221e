using System.Runtime.Versioning;
using Pnet.Control;
using Pnet.Services.Files;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Services.Files;

/// <summary>What a node shares, listed and taken by names with wildcards, through a relay.</summary>
[SupportedOSPlatform("linux")]
public sealed class FileListTests : IAsyncLifetime
{
    private FileStage _stage = null!;

    public async Task InitializeAsync() => _stage = await FileStage.CreateAsync(FileSharing.ReadOnly);

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Fact]
    public async Task A_directory_is_listed_in_order_with_all_that_is_in_it()
    {
        Share("b.gz", "12345");
        Share("B", "1");
        Share("a/inner", "1");
        Share(".hidden", "1");
        Share(".pnet-part-0123456789abcdef01234567", "not whole");
        File.CreateSymbolicLink(_stage.Shared("link"), _stage.Elsewhere);
        File.SetUnixFileMode(_stage.Shared("b.gz"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var time = new DateTimeOffset(2025, 3, 4, 5, 6, 7, TimeSpan.Zero);
        File.SetLastWriteTimeUtc(_stage.Shared("b.gz"), time.UtcDateTime);

        var listed = await ListAsync("");

        Assert.Equal([".hidden", "B", "a", "b.gz", "link"], listed.Select(l => l.Path));
        Assert.Equal([FileKind.File, FileKind.File, FileKind.Directory, FileKind.File, FileKind.Link], listed.Select(l => l.Kind));
        Assert.Equal(new FileListing("b.gz", FileKind.File, 5, 0x120, time), listed[3]);
        Assert.Equal(["-r--r-----", "l"], [listed[3].Permissions, listed[4].Permissions[..1]]);
        Assert.Empty(_stage.Outcomes);
    }

    [Fact]
    public async Task What_is_below_is_listed_after_its_directory_and_no_link_is_followed()
    {
        Share("a/b/c", "1");
        Share("a/d", "1");
        Share("z", "1");
        Directory.CreateSymbolicLink(_stage.Shared("a/link"), _stage.Shared("a/b"));
        Assert.Equal(["a", "a/b", "a/b/c", "a/d", "a/link", "z"], Paths(await ListAsync(".", recurse: true)));
        Assert.Equal(["a/b/c"], Paths(await ListAsync("a/b")));
        Assert.Equal(["a/d"], Paths(await ListAsync("a/d", recurse: true)));
        Assert.Equal(["a/link"], Paths(await ListAsync("a/link")));
    }

    [Theory]
    [InlineData("*", "a", "ab.gz")]
    [InlineData("logs/*.gz")]
    [InlineData("*/*.gz", "a/1.gz", "a/2.gz")]
    [InlineData("a/?.[!x]z", "a/1.gz", "a/2.gz")]
    [InlineData("*/sub/x", "a/sub/x")]
    [InlineData("a*", "a", "ab.gz")]
    [InlineData("*/link/*")]
    public async Task A_path_with_wildcards_stands_for_all_it_matches(string pattern, params string[] paths)
    {
        Share("a/1.gz", "1");
        Share("a/2.gz", "2");
        Share("a/3.txt", "3");
        Share("a/sub/x", "4");
        Share("ab.gz", "5");
        Share(".b.gz", "6");
        Directory.CreateSymbolicLink(_stage.Shared("a/link"), _stage.Shared("a/sub"));

        Assert.Equal(paths, Paths(await ListAsync(pattern)));

        if (paths.Length == 0)
            Assert.Equal((FileStatus.Failed, PnetError.NotFound, $"nothing there matches {pattern}"), Problem());
        else
            Assert.Empty(_stage.Outcomes);
    }

    [Fact]
    public async Task Files_are_received_by_names_with_wildcards()
    {
        Share("logs/1.gz", "1");
        Share("logs/2.gz", "2");
        Share("logs/3.txt", "3");
        Share("logs/dir.gz/x", "4");
        string to = Path.Combine(_stage.Here, "to");

        var summary = await ReceiveAsync("logs/*.gz", to);

        Assert.Equal((2, 1), (summary.Copied, summary.Failed));
        Assert.Contains("is a directory", Assert.Single(_stage.Outcomes, o => o.Status == FileStatus.Failed).Message, StringComparison.Ordinal);
        Assert.Equal(["1.gz", "2.gz"], Directory.GetFileSystemEntries(to).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        // A single one goes into the directory as well: how many there are decides nothing.
        Assert.Equal(1, (await ReceiveAsync("l*/3.*", Path.Combine(_stage.Here, "one"))).Copied);
        Assert.Equal("3", File.ReadAllText(Path.Combine(_stage.Here, "one", "3.txt")));
        Assert.Equal(1, (await ReceiveAsync("*s/dir*", Path.Combine(_stage.Here, "tree"), recurse: true)).Copied);
        Assert.Equal("4", File.ReadAllText(Path.Combine(_stage.Here, "tree", "dir.gz", "x")));
        _stage.LeftNothing();
    }

    [Fact]
    public async Task A_name_that_has_such_characters_is_taken_as_it_is_written_too()
    {
        Share("a[1].txt", "brackets");
        Share("a1.txt", "one");
        Share("q*", "star");
        Share("qs", "other");
        string to = Path.Combine(_stage.Here, "to");

        Assert.Equal(2, (await ReceiveAsync("a[1].txt", to)).Copied);
        Assert.Equal("brackets", File.ReadAllText(Path.Combine(to, "a[1].txt")));
        Assert.Equal(1, (await ReceiveAsync("q\\*", Path.Combine(_stage.Here, "star"))).Copied);
        Assert.Equal("star", File.ReadAllText(Path.Combine(_stage.Here, "star")));
        Assert.Equal(1, (await _stage.ReceiveAsync("a[1].txt", Path.Combine(_stage.Here, "exact"))).Copied);
        Assert.Equal("brackets", File.ReadAllText(Path.Combine(_stage.Here, "exact")));
    }

    [Fact]
    public async Task Nothing_that_matches_is_an_error_that_says_so()
    {
        Share("a", "1");
        string to = Path.Combine(_stage.Here, "to");
        Assert.Equal((0, 1), await ReceiveAsync("*.gz", to) is var summary ? (summary.Copied, summary.Failed) : default);
        Assert.Equal((FileStatus.Failed, PnetError.NotFound, "nothing there matches *.gz"), Problem());
        await ReceiveAsync("nodir/*", to);
        Assert.Equal("nothing there matches nodir/*", Problem().Message);
        await ReceiveAsync("a/*", to);
        Assert.Equal("nothing there matches a/*", Problem().Message);
        Assert.Empty(await ListAsync("nothing"));
        Assert.Equal(PnetError.NotFound, Problem().Error);
    }

    [Theory]
    [InlineData("../*")]
    [InlineData("*/../../x")]
    [InlineData("/etc/*")]
    public async Task A_path_that_leads_elsewhere_is_refused(string path)
    {
        await Waiting.FailsAsync(() => ListAsync(path), PnetError.Refused);
        await Waiting.FailsAsync(() => ReceiveAsync(path, _stage.Here), PnetError.Refused);
    }

    [Fact]
    public async Task A_name_that_is_not_UTF8_is_told_and_the_others_are_listed()
    {
        Share("a/x", "1");
        File.WriteAllBytes(_stage.Shared("a\ufffd"), []);
        Assert.Equal(["a", "a/x"], Paths(await ListAsync("", recurse: true)));
        Assert.Equal(PnetError.Refused, Problem().Error);
    }

    [Theory]
    [InlineData("", true, "a", "a/1", "a/2", "a/3")]
    [InlineData("a", false, "a/1", "a/2", "a/3", "a/4")]
    [InlineData("*/[3-9]", false, "a/3", "a/4", "a/5", "a/6")]
    [InlineData("b", false, "b/1")]
    public void A_list_ends_at_its_limit_and_says_so(string path, bool recurse, params string[] first)
    {
        for (int i = 1; i <= 9; i++)
            Share($"a/{i}", "1");
        Share("b/1", "1");
        using var tree = new FolderTree(FileCalls.OpenRoot(_stage.Share));
        var found = new FileWalk(tree, NameGlob.Split(path, wildcards: true), recurse) { Lists = true, Most = 4 }.Find().ToList();
        Assert.Equal(first, found.Where(f => f.Problem is null).Select(f => f.Path));
        Assert.Equal(first.Length == 4 ? [PnetError.LimitReached] : [], found.Where(f => f.Problem is not null).Select(f => f.Problem!.Error!.Value));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("", false)]
    [InlineData("a", true)]
    [InlineData("a/b", false)]
    [InlineData("*", true)]
    [InlineData("*/[3-9]*", true)]
    [InlineData("*/b/*", false)]
    [InlineData("a*/b", true)]
    public void A_list_that_is_cut_goes_on_where_it_ended(string path, bool recurse)
    {
        foreach (string folder in new[] { "a", "a b", "a-b", "a/b", "a/b/c", "ab", "b", "b/b", "é/b" })
        {
            for (int i = 1; i <= 7; i++)
                Share($"{folder}/{i}", "1");
        }
        var whole = Walk(path, recurse, [], FileWalk.MaxListed, out bool isCut);
        Assert.False(isCut);
        Assert.True(whole.Count >= 6);
        // Names of directories on the way count as well.
        for (int most = 6; most <= 9; most++)
        {
            var parts = new List<string>();
            do
            {
                var part = Walk(path, recurse, parts.Count == 0 ? [] : parts[^1].Split('/'), most, out isCut);
                Assert.InRange(part.Count, isCut ? 1 : 0, most);
                parts.AddRange(part);
            }
            while (isCut);
            Assert.Equal(whole, parts);
        }
    }

    [Fact]
    public async Task A_list_goes_on_at_the_node_behind_a_path_whatever_has_become_of_that()
    {
        Share("a/1", "1");
        Share("a/2", "1");
        Share("c", "1");
        foreach (var (after, rest) in new[] { ("a", "a/1 a/2 c"), ("a/1", "a/2 c"), ("a/15", "a/2 c"), ("b/x", "c"), ("c", ""), ("d", "") })
        {
            await using var transport = await _stage.Alice.Control.OpenAsync(FileStage.Address.WithService("files")).Soon();
            using var output = new FileOutput(transport);
            await output.WriteAsync(FileMessage.Open, new FileRequest(FileOperation.List, [""]) { Recurse = true, After = after }, FileRequest.Write, default);
            await output.EndAsync(default).AsTask().Soon();
            var input = new FileInput(transport);
            var paths = new List<string>();
            while (await input.ReadAsync(default).Soon() is { } message)
                paths.Add(FileListing.Read(message.Payload.Span).Path);
            Assert.Equal(rest, string.Join(' ', paths));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_list_that_a_node_cuts_is_gone_on_with_and_one_that_does_not_know_how_ends_there(bool old)
    {
        var asked = new List<string?>();
        _stage.Carol.AddService("cuts", "", ["*"], async (_, transport, token) =>
        {
            var input = new FileInput(transport);
            var request = FileRequest.Read((await input.ReadAsync(token))!.Value.Payload.Span);
            asked.Add(request.After);
            if (old && request.After is not null)
                throw FieldReader.Broken("version 3; this is version 2");
            await input.ReadAsync(token);
            using var output = new FileOutput(transport);
            string name = request.After is null ? "a" : request.After == "a" ? "b" : "c";
            await output.WriteAsync(FileMessage.Listed, new FileFound(null, [], name, default), FileListing.Write, token);
            if (name != "c")
                await output.WriteAsync(FileMessage.Problem, new FileOutcome(".", FileStatus.Failed, Error: PnetError.LimitReached, Message: "more"), FileAnswer.WriteProblem, token);
            await output.EndAsync(token);
        });
        var target = new FileTarget(FileStage.Address.WithService("cuts"));
        var listed = await ToListAsync(_stage.Client.ListAsync(target, new FileListOptions { Problem = _stage.Outcomes.Add })).Soon();
        Assert.Equal(old ? ["a"] : ["a", "b", "c"], Paths(listed));
        Assert.Equal(old ? [null, "a"] : [null, "a", "b"], asked);
        Assert.Equal(old ? [PnetError.LimitReached] : [], _stage.Outcomes.Select(o => o.Error!.Value));
    }

    [Fact]
    public async Task A_node_of_the_first_version_is_asked_for_nothing_it_does_not_know_and_what_it_says_is_explained()
    {
        byte? version = null;
        _stage.Carol.AddService("old", "", ["*"], async (_, transport, token) =>
        {
            var bytes = new byte[FileInput.HeaderSize + 1];
            await transport.ReadExactlyAsync(bytes, token);
            version = bytes[^1];
            throw FieldReader.Broken($"version {version}; this is version 1");
        });
        var target = new FileTarget(FileStage.Address.WithService("old"));
        await Waiting.FailsAsync(() => ToListAsync(_stage.Client.ListAsync(target)), PnetError.Refused, "an older PnetPS");
        Assert.Equal((byte)2, version);
        await Waiting.FailsAsync(
            () => _stage.Client.ReceiveAsync(target.Address, ["*"], _stage.Here, new FileCopyOptions { Wildcards = true }), PnetError.Refused, "an older PnetPS");
        Assert.Equal((byte)2, version);
        await Waiting.FailsAsync(() => _stage.Client.ReceiveAsync(target.Address, ["name"], _stage.Here, new FileCopyOptions { Wildcards = true }), PnetError.Protocol);
        Assert.Equal((byte)1, version);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/x")]
    [InlineData("")]
    public async Task What_a_node_lists_that_lies_elsewhere_is_not_believed(string path)
    {
        _stage.Carol.AddService("lies", "", ["*"], async (_, transport, token) =>
        {
            var input = new FileInput(transport);
            while (await input.ReadAsync(token) is not null)
            {
            }
            using var output = new FileOutput(transport);
            await output.WriteAsync(FileMessage.Listed, new FileFound(null, [], path, default), FileListing.Write, token);
            await output.EndAsync(token);
        });
        await Waiting.FailsAsync(() => ToListAsync(_stage.Client.ListAsync(new FileTarget(FileStage.Address.WithService("lies")))), PnetError.Refused);
    }

    [Fact]
    public async Task A_service_that_sends_what_no_pattern_asked_for_writes_nothing()
    {
        await using var sender = new RawSender(asked: NameGlob.Parse("*.gz").Matches);
        Assert.Equal(FileStatus.Copied, (await sender.SendAsync(0, "a.gz", "text"u8.ToArray())).Status);
        Assert.Equal((FileStatus.Failed, PnetError.Refused), await sender.SendAsync(1, ".bashrc", "text"u8.ToArray()) is var answer ? (answer.Status, answer.Error) : default);
        Assert.Equal(["a.gz"], Directory.GetFileSystemEntries(sender.Destination).Select(Path.GetFileName));
    }

    private static IEnumerable<string> Paths(IEnumerable<FileListing> listed) => listed.Select(l => l.Path);

    private List<string> Walk(string path, bool recurse, string[] after, int most, out bool isCut)
    {
        using var tree = new FolderTree(FileCalls.OpenRoot(_stage.Share));
        var found = new FileWalk(tree, NameGlob.Split(path, wildcards: true), recurse) { Lists = true, Most = most, After = after }.Find().ToList();
        isCut = found.Exists(one => one.Problem is { Error: PnetError.LimitReached, Path: "." });
        Assert.Equal(isCut ? 1 : 0, found.Count(one => one.Problem is not null));
        return found.FindAll(one => one.Problem is null).ConvertAll(one => one.Path);
    }

    private void Share(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_stage.Shared(path))!);
        File.WriteAllText(_stage.Shared(path), text);
    }

    private (FileStatus Status, PnetError? Error, string? Message) Problem() => Assert.Single(_stage.Outcomes) is var o ? (o.Status, o.Error, o.Message) : default;

    private Task<List<FileListing>> ListAsync(string path, bool recurse = false)
    {
        _stage.Outcomes.Clear();
        return ToListAsync(_stage.Client.ListAsync(new FileTarget(FileStage.Address, path), new FileListOptions { Recurse = recurse, Wildcards = true, Problem = _stage.Outcomes.Add })).Soon();
    }

    private Task<FileSummary> ReceiveAsync(string path, string to, bool recurse = false)
    {
        _stage.Outcomes.Clear();
        return _stage.Client.ReceiveAsync(FileStage.Address, [path], to, new FileCopyOptions { Wildcards = true, Recurse = recurse, Outcome = _stage.Outcomes.Add }).Soon();
    }

    private static async Task<List<FileListing>> ToListAsync(IAsyncEnumerable<FileListing> listing)
    {
        var list = new List<FileListing>();
        await foreach (var one in listing)
            list.Add(one);
        return list;
    }
}
