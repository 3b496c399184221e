using Pnet.EndToEnd.Faults;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Files;

/// <summary>Files and directories that the user of either end may not read or write: each is told, and the others of the tree arrive.</summary>
public sealed class PermissionTests
{
    private const string Denied = "permission denied";

    [OtherUserFact]
    public async Task What_may_not_be_read_at_the_source_is_told_and_the_rest_is_sent()
    {
        await using var files = await FileNetwork.StartAsync(OtherUser.Become);
        await PlantSourceAsync(files, files.PathOf("d"));

        Finished copy = await files.R2Async(files.A, "cp", "-r", files.PathOf("d"), "b/c:");

        IsWithoutSecrets(copy, $"{files.Share}/d");
        IsClean(files);
    }

    [OtherUserFact]
    public async Task What_may_not_be_read_at_the_other_node_is_told_and_the_rest_comes()
    {
        await using var files = await FileNetwork.StartAsync(OtherUser.Become);
        await PlantSourceAsync(files, $"{files.Share}/d");

        Finished copy = await files.R2Async(files.A, "cp", "-r", "b/c:d", files.PathOf("got"));

        IsWithoutSecrets(copy, files.PathOf("got"));
        IsClean(files);
    }

    [OtherUserFact]
    public async Task What_may_not_be_written_at_the_other_node_is_told_and_the_rest_arrives()
    {
        await using var files = await FileNetwork.StartAsync(OtherUser.Become);
        await PlantTreeAsync(files, files.PathOf("d"));
        await PlantTargetAsync(files, $"{files.Share}/d");

        Finished copy = await files.R2Async(files.A, "cp", "-r", "-c", "overwrite", files.PathOf("d"), "b/c:");

        IsWithoutClosed(copy, $"{files.Share}/d");
        IsClean(files);
    }

    [OtherUserFact]
    public async Task What_may_not_be_written_here_is_told_and_the_rest_arrives()
    {
        await using var files = await FileNetwork.StartAsync(OtherUser.Become);
        await PlantTreeAsync(files, $"{files.Share}/d");
        await PlantTargetAsync(files, files.PathOf("got/d"));

        Finished copy = await files.R2Async(files.A, "cp", "-r", "-c", "overwrite", "b/c:d", files.PathOf("got"));

        IsWithoutClosed(copy, files.PathOf("got/d"));
        IsClean(files);
    }

    [OtherUserFact]
    public async Task A_destination_that_is_closed_altogether_is_told_by_its_name()
    {
        await using var files = await FileNetwork.StartAsync(OtherUser.Become);
        (await files.Network.ShAsync($"cd {files.Network.Directory}; echo x >x; mkdir -m 755 share/closed closed; echo y >share/y")).Succeeds();

        Finished there = await files.R2Async(files.A, "cp", files.PathOf("x"), "b/c:closed/");
        Finished here = await files.R2Async(files.A, "cp", "b/c:y", files.PathOf("closed/"));
        Finished made = await files.R2Async(files.A, "cp", "b/c:y", files.PathOf("closed/new/"));

        Assert.Contains($"x: {Denied}", there.Exits(1).Error, StringComparison.Ordinal);
        Assert.Contains($"y: {Denied}", here.Exits(1).Error, StringComparison.Ordinal);
        Assert.Contains("closed/new", made.FailsWith(4), StringComparison.Ordinal);
        Assert.Empty(FileNetwork.NamesIn(files.PathOf("closed")));
        Assert.Empty(FileNetwork.NamesIn($"{files.Share}/closed"));
        IsClean(files);
    }

    // Root's own file and directory in a tree that others may read.
    private static async Task PlantSourceAsync(FileNetwork files, string at) => (await files.Network.ShAsync(
        $"mkdir -p {at}/sub {at}/closed; cd {at}; echo 1 >open; echo 2 >sub/open; echo 3 >secret; echo 4 >closed/in; chmod 600 secret; chmod 700 closed")).Succeeds();

    private static async Task PlantTreeAsync(FileNetwork files, string at) => (await files.Network.ShAsync(
        $"mkdir -p {at}/closed; cd {at}; echo 1 >open; echo new >closed/there; echo 3 >closed/in; head -c 3000000 /dev/zero >closed/big; chmod -R a+rX .")).Succeeds();

    // A directory of root's own in one that others may write to.
    private static async Task PlantTargetAsync(FileNetwork files, string at) => (await files.Network.ShAsync(
        $"mkdir -p {at}/closed; cd {at}; echo old >closed/there; chmod 777 .; chmod 755 closed")).Succeeds();

    private static void IsWithoutSecrets(Finished copy, string there)
    {
        copy.Exits(1);
        Assert.Contains($"/secret: {Denied}", copy.Error, StringComparison.Ordinal);
        Assert.Contains($"/closed: {Denied}", copy.Error, StringComparison.Ordinal);
        Assert.Contains("2 copied, 2 failed", copy.Output, StringComparison.Ordinal);
        Assert.Equal(["open", "sub"], FileNetwork.NamesIn(there));
        Assert.Equal("2\n", File.ReadAllText($"{there}/sub/open"));
    }

    private static void IsWithoutClosed(Finished copy, string there)
    {
        copy.Exits(1);
        foreach (string name in (string[])["there", "in", "big"])
            Assert.Contains($"closed/{name}: {Denied}", copy.Error, StringComparison.Ordinal);
        Assert.Contains("1 copied, 3 failed", copy.Output, StringComparison.Ordinal);
        Assert.Equal("1\n", File.ReadAllText($"{there}/open"));
        Assert.Equal(["there"], FileNetwork.NamesIn($"{there}/closed"));
        Assert.Equal("old\n", File.ReadAllText($"{there}/closed/there"));
    }

    private static void IsClean(FileNetwork files) => Assert.Empty(FileNetwork.Partial(files.Network.Directory));
}
