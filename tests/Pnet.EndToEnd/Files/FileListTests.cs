using System.Text.Json;

namespace Pnet.EndToEnd.Files;

/// <summary><c>r2 files</c>, and <c>r2 cp</c> with wildcards, between daemons: a asks c through b.</summary>
public sealed class FileListTests
{
    [Fact]
    public async Task What_a_node_shares_is_listed_and_taken_by_pattern()
    {
        await using var files = await FileNetwork.StartAsync();
        (await files.Network.ShAsync($"cd {files.Share} && mkdir -p logs/old && printf 123 >logs/a.gz && printf 1234 >logs/b.gz && printf 1 >logs/c.txt && printf 1 >logs/old/d.gz && ln -s /etc/passwd link && printf x >'new\nline'")).Succeeds();

        var lines = (await files.A.R2Async("files", "b/c")).Succeeds().Output.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Matches("^lrwxrwxrwx +- +[-0-9]{10} [0-9:]{5}  link$", lines[0]);
        Assert.Matches("^drwx.* logs/$", lines[1]);
        Assert.DoesNotContain("\n", lines[2], StringComparison.Ordinal);

        string[] listed = (await files.A.R2Async("files", "--json", "-r", "b/c:logs")).Succeeds().Output.TrimEnd('\n').Split('\n');
        var first = JsonDocument.Parse(listed[0]).RootElement;
        Assert.Equal(("logs/a.gz", "file", 3), (first.GetProperty("path").GetString(), first.GetProperty("kind").GetString(), first.GetProperty("size").GetInt64()));
        Assert.Equal(["logs/a.gz", "logs/b.gz", "logs/c.txt", "logs/old", "logs/old/d.gz"], listed.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("path").GetString()));

        (await files.A.R2Async("cp", "b/c:logs/*.gz", files.PathOf("got"))).Succeeds();
        Assert.Equal(["a.gz", "b.gz"], FileNetwork.NamesIn(files.PathOf("got")));
        Assert.Contains("nothing there matches logs/*.zip", (await files.A.R2Async("cp", "b/c:logs/*.zip", files.PathOf("none"))).FailsWith(1), StringComparison.Ordinal);
        Assert.Contains("nothing there matches x*", (await files.A.R2Async("files", "b/c:x*")).FailsWith(1), StringComparison.Ordinal);
        Assert.Contains("leads out", (await files.A.R2Async("files", "b/c:../*")).FailsWith(4), StringComparison.Ordinal);
        (await files.A.R2Async("files", "nobody")).FailsWith(3);
    }
}
