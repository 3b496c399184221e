using System.Text.Json;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Files;

/// <summary><c>r2 cp --collision</c>, to a node behind another and from it, where an older and a younger file have the name.</summary>
public sealed class CollisionTests
{
    public static TheoryData<string, bool, int, string[], string[]> Rules => new()
    {
        // What the two files hold in the end, and what becomes of each.
        { "fail", true, 1, ["old there", "young there"], ["failed", "failed"] },
        { "skip", true, 0, ["old there", "young there"], ["skipped", "skipped"] },
        { "overwrite", true, 0, ["new", "new"], ["replaced", "replaced"] },
        { "newer", true, 0, ["new", "young there"], ["replaced", "skipped"] },
        { "rename", true, 0, ["old there", "young there"], ["renamed", "renamed"] },
        { "fail", false, 1, ["old there", "young there"], ["failed", "failed"] },
        { "skip", false, 0, ["old there", "young there"], ["skipped", "skipped"] },
        { "overwrite", false, 0, ["new", "new"], ["replaced", "replaced"] },
        { "newer", false, 0, ["new", "young there"], ["replaced", "skipped"] },
        { "rename", false, 0, ["old there", "young there"], ["renamed", "renamed"] },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task The_rule_decides_whose_the_name_is(string rule, bool sends, int exitCode, string[] contents, string[] statuses)
    {
        await using var files = await FileNetwork.StartAsync();
        Directory.CreateDirectory(files.PathOf("here"));
        var (from, to) = sends ? (files.PathOf("here"), files.Share) : (files.Share, files.PathOf("here"));
        (await files.Network.ShAsync(
            $"cd {from}; printf new >1; printf new >2; touch -d 2020-01-01 1 2; cd {to}; printf 'old there' >1; touch -d 2019-01-01 1; printf 'young there' >2; touch -d 2021-01-01 2")).Succeeds();

        string[] words = sends ? [$"{from}/1", $"{from}/2", "b/c:"] : ["b/c:1", "b/c:2", to];
        Finished copy = (await files.A.R2Async(["cp", "--json", "-c", rule, .. words])).Exits(exitCode);

        JsonElement[] told = [.. copy.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(statuses, told[..^1].OrderBy(one => one.GetProperty("path").GetString()).Select(one => one.GetProperty("status").GetString()));
        Assert.Equal((contents[0], contents[1]), (await File.ReadAllTextAsync($"{to}/1"), await File.ReadAllTextAsync($"{to}/2")));
        string[] names = rule == "rename" ? ["1", "1 (2)", "2", "2 (2)"] : ["1", "2"];
        Assert.Equal(names, FileNetwork.NamesIn(to));
        foreach (string other in names.Where(name => name.Contains('(', StringComparison.Ordinal)))
            Assert.Equal("new", await File.ReadAllTextAsync($"{to}/{other}"));
    }

    [RootFact("mount", "umount")]
    public async Task A_disk_that_is_full_here_fails_the_file_that_does_not_fit_and_no_other()
    {
        await using var files = await FileNetwork.StartAsync();
        string disk = files.PathOf("disk");
        Directory.CreateDirectory(disk);
        (await files.Network.ShAsync($"mount -t tmpfs -o size=8m none {disk}; cd {files.Share}; mkdir d; head -c 20000000 /dev/urandom >d/big; echo small >d/small")).Succeeds();
        try
        {
            Finished copy = (await files.A.R2Async("cp", "-r", "b/c:d", $"{disk}/")).Exits(1);
            Assert.Contains("d/big: no space left on device", copy.Error, StringComparison.Ordinal);
            Assert.Contains("1 copied, 1 failed", copy.Output, StringComparison.Ordinal);
            Assert.Equal(["small"], FileNetwork.NamesIn($"{disk}/d"));

            string address = (await files.C.R2Async("publish", $"{files.Share}/d/big")).Succeeds().Output.Trim();
            string error = (await files.A.R2Async("fetch", "-q", "--from", "b/c", address, $"{disk}/got")).FailsWith(1);
            Assert.Contains("no space left on device", error, StringComparison.Ordinal);
            Assert.Equal(["d"], FileNetwork.NamesIn(disk).Where(name => !name!.StartsWith(".pnet-part-", StringComparison.Ordinal)));
        }
        finally
        {
            (await files.Network.ShAsync($"umount {disk}")).Succeeds();
        }
    }
}
