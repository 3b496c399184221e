using System.Text.Json;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Files;

/// <summary><c>r2 publish</c> and <c>r2 fetch</c> between daemons: b and c publish, c behind b.</summary>
public sealed class ContentFetchTests
{
    private const long Chunk = 1024 * 1024;

    private const long Size = 64_000_000;

    [Fact]
    public async Task Content_is_fetched_from_two_at_once_and_each_sends_a_part()
    {
        await using var files = await FileNetwork.StartAsync(gated: "a");
        string address = await PublishAsync(files, files.B, files.C);
        string path = files.PathOf("c.link");
        await files.C.WithControlAsync(control => control.AddListenerAsync($"unix://{path}"));
        await using var other = new Gate(files.PathOf("other"), path);
        await files.A.ConnectAsync($"unix://{other.Path}");
        // Neither has sent all of it before the other one has sent its part.
        files.Gate.CloseAfter((5 * Chunk) / 2);
        other.CloseAfter((5 * Chunk) / 2);

        var fetching = FetchAsync(files, "--from", "b", "--from", "c", address, files.PathOf("got"));
        await Bounded.UntilAsync("a part from each", () => fetching.IsCompleted || (files.Gate.IsShut && other.IsShut));
        files.Gate.Open();
        other.Open();
        var fetched = await fetching;

        long[] sent = [.. fetched.GetProperty("peers").EnumerateArray().Select(peer => peer.GetProperty("bytes").GetInt64())];
        Assert.Equal(2, sent.Length);
        Assert.All(sent, bytes => Assert.True(bytes >= Chunk, $"{string.Join(" and ", sent)} bytes"));
        Assert.Equal(Size, sent.Sum());
        await IsWholeAsync(files);
        (await files.A.R2Async("fetch", address, files.PathOf("got"))).FailsWith(1);
        Assert.Contains("no content address", (await files.A.R2Async("fetch", "sha256:12", files.PathOf("x"))).FailsWith(2), StringComparison.Ordinal);
        (await files.A.R2Async("fetch", address[..^2] + (address[^1] == '0' ? "11" : "00"), files.PathOf("x"))).FailsWith(1);
    }

    [Fact]
    public async Task A_peer_that_stands_still_in_the_middle_holds_nobody_up()
    {
        await using var files = await FileNetwork.StartAsync(gated: "c");
        string address = await PublishAsync(files, files.B, files.C);
        files.Gate.CloseAfter((5 * Chunk) / 2);

        await FetchAsync(files, "--from", "b", "--from", "b/c", address, files.PathOf("got"));

        await IsWholeAsync(files);
    }

    [Fact]
    public async Task Where_all_peers_die_what_came_stays_and_one_that_comes_back_sends_the_rest()
    {
        await using var files = await FileNetwork.StartAsync(gated: "a");
        string address = await PublishAsync(files, files.B, files.C);
        string[] words = ["--from", "b", "--from", "b/c", address, files.PathOf("got")];
        files.Gate.CloseAfter(20 * Chunk);
        var fetch = files.A.StartR2(["fetch", .. words]);
        await Bounded.UntilAsync("a part of the content", () => fetch.HasExited || Arrived(files) > 10 * Chunk);
        await files.C.KillAsync();
        await files.B.KillAsync();
        files.Gate.Open();
        Assert.True(await fetch.ExitAsync() == 3, fetch.Text);
        Assert.Contains("goes on where it broke off", fetch.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(files.PathOf("got")));

        await files.StartRelayAsync();
        await files.B.UntilLinkedToAsync(files.A);
        Assert.Equal(address, await PublishAsync(files, files.B));
        var fetched = await FetchAsync(files, words);

        long present = fetched.GetProperty("bytesPresent").GetInt64();
        Assert.InRange(present, Chunk, Size - 1);
        Assert.Equal(Size - present, fetched.GetProperty("peers").EnumerateArray().Sum(peer => peer.GetProperty("bytes").GetInt64()));
        await IsWholeAsync(files);
    }

    [Fact]
    public async Task What_was_changed_of_a_part_that_is_there_is_found_and_fetched_again()
    {
        await using var files = await FileNetwork.StartAsync();
        string address = await PublishAsync(files, files.B);
        await FetchAsync(files, address, files.PathOf("got"));
        // As a fetch leaves it that breaks off at the end: all of it, and then something happens to one byte.
        File.Move(files.PathOf("got"), PartialPath(files, address));
        (await files.Network.ShAsync($"printf x | dd of={PartialPath(files, address)} bs=1 seek=5000000 conv=notrunc")).Succeeds();

        var fetched = await FetchAsync(files, address, files.PathOf("got"));

        Assert.Equal(Size - Chunk, fetched.GetProperty("bytesPresent").GetInt64());
        await IsWholeAsync(files);
    }

    private static async Task<string> PublishAsync(FileNetwork files, params Daemon[] nodes)
    {
        string source = files.PathOf("file");
        if (!File.Exists(source))
            await files.Network.ShAsync($"head -c {Size} /dev/urandom >{source}");
        string address = "";
        foreach (var node in nodes)
            address = (await node.R2Async("publish", source)).Succeeds().Output.Trim();
        return address;
    }

    private static async Task<JsonElement> FetchAsync(FileNetwork files, params string[] words)
    {
        string[] arguments = ["-s", files.A.SocketPath, "fetch", "--json", .. words];
        Finished fetch = await Shell.RunAsync(Executables.Manager, arguments, files.Network.Environment, limit: TimeSpan.FromMinutes(3));
        return JsonDocument.Parse(fetch.Succeeds().Output).RootElement;
    }

    private static long Arrived(FileNetwork files) => FileNetwork.Partial(files.Network.Directory).Sum(part => part.Length);

    private static string PartialPath(FileNetwork files, string address) =>
        files.PathOf(".pnet-part-" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(address))[..12]));

    private static async Task IsWholeAsync(FileNetwork files)
    {
        Assert.Equal(await FileNetwork.HashAsync(files.PathOf("file")), await FileNetwork.HashAsync(files.PathOf("got")));
        Assert.Empty(FileNetwork.Partial(files.Network.Directory));
    }
}
