namespace Pnet.EndToEnd.Files;

/// <summary><c>r2 fetch --wait</c>: from c, whom a reaches through b.</summary>
public sealed class ContentWaitTests
{
    [Fact]
    public async Task A_fetch_that_waits_goes_on_when_somebody_has_the_content()
    {
        await using var files = await FileNetwork.StartAsync();
        await File.WriteAllTextAsync(files.PathOf("file"), "content");
        string address = (await files.C.R2Async("publish", files.PathOf("file"))).Succeeds().Output.Trim();
        (await files.C.R2Async("unpublish", address)).Succeeds();
        Assert.Contains("asking again in 0.1 s", (await files.A.R2Async("fetch", "--wait", "100ms", "--from", "b/c", address, files.PathOf("never"))).Exits(1).Error, StringComparison.Ordinal);

        var fetch = files.A.StartR2("fetch", "--wait", "5m", "--from", "b/c", address, files.PathOf("got"));
        await fetch.LineAsync("asking again in");
        (await files.C.R2Async("publish", files.PathOf("file"))).Succeeds();

        Assert.True(await fetch.ExitAsync() == 0, fetch.Text);
        Assert.Equal("content", await File.ReadAllTextAsync(files.PathOf("got")));
    }
}
