using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Faults;

/// <summary>Daemons that can't start, and who may drive those that did.</summary>
public sealed class DaemonStartTests
{
    [Fact]
    public async Task A_second_daemon_on_a_socket_in_use_fails_and_the_first_goes_on()
    {
        await using var network = new TestNetwork();
        Daemon first = await network.DaemonAsync("a");

        string line = (await network.RunAsync("r2d", "-s", first.SocketPath, "-k", network.PathOf("other.key"))).FailsWith(1);

        Assert.Contains("a node is running", line, StringComparison.Ordinal);
        Assert.Contains(first.SocketPath, line, StringComparison.Ordinal);
        (await first.R2Async("ls")).Succeeds();
    }

    [Fact]
    public async Task A_stale_socket_file_is_replaced()
    {
        await using var network = new TestNetwork();
        Daemon first = await network.DaemonAsync("a");
        await first.KillAsync();
        Assert.True(File.Exists(first.SocketPath));
        Assert.Contains("no node answers", (await first.R2Async("ls")).FailsWith(3), StringComparison.Ordinal);

        Daemon second = await network.DaemonAsync("a");

        (await second.R2Async("ls")).Succeeds();
    }

    [Fact]
    public async Task A_file_in_the_socket_s_place_is_left_alone()
    {
        await using var network = new TestNetwork();
        string file = network.PathOf("precious");
        await File.WriteAllTextAsync(file, "data");

        Finished failed = await network.RunAsync("r2d", "-s", file, "-k", network.PathOf("key"));

        Assert.Contains(file, failed.FailsWith(1), StringComparison.Ordinal);
        Assert.Equal("data", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task A_socket_path_that_is_too_long_is_refused_with_the_limit()
    {
        await using var network = new TestNetwork();
        string path = network.PathOf(new string('x', 120));

        foreach (Finished failed in (Finished[])[
            await network.RunAsync("r2d", "-s", path, "-k", network.PathOf("key")),
            await network.RunAsync("r2", "-s", path, "ls")])
        {
            string line = failed.FailsWith(2);
            Assert.Contains(path, line, StringComparison.Ordinal);
            Assert.Contains("107", line, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("644")]
    [InlineData("640")]
    [InlineData("604")]
    public async Task A_key_file_that_others_can_read_is_refused(string mode)
    {
        await using var network = new TestNetwork();
        string key = network.PathOf("key");
        (await network.RunAsync("r2", "key", "new", key)).Succeeds();
        (await network.RunAsync("chmod", mode, key)).Succeeds();

        string line = (await network.RunAsync("r2d", "-s", network.PathOf("s"), "-k", key)).FailsWith(4);

        Assert.Contains(key, line, StringComparison.Ordinal);
        Assert.Contains("chmod", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_file_of_another_form_is_refused()
    {
        await using var network = new TestNetwork();
        string key = network.PathOf("key");
        await File.WriteAllTextAsync(key, "not a key\n");
        (await network.RunAsync("chmod", "600", key)).Succeeds();

        string line = (await network.RunAsync("r2d", "-s", network.PathOf("s"), "-k", key)).FailsWith(2);

        Assert.Contains(key, line, StringComparison.Ordinal);
        Assert.DoesNotContain("not a key\n", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_refused_and_nothing_is_left()
    {
        await using var network = new TestNetwork();
        Daemon first = await network.DaemonAsync("a");
        string endpoint = $"tcp://{await first.ListenAsync()}";

        string line = (await network.RunAsync("r2d", "-s", network.PathOf("s"), "-k", network.PathOf("key"), "-l", endpoint)).FailsWith(1);

        Assert.Contains(endpoint, line, StringComparison.Ordinal);
        Assert.False(File.Exists(network.PathOf("s")));
    }

    [OtherUserFact]
    public async Task A_directory_that_one_may_not_write_to_is_refused()
    {
        await using var network = new TestNetwork();
        (await network.RunAsync("chmod", "755", network.Directory)).Succeeds();

        string key = (await OtherUser.RunAsync(network, "r2d", "-s", network.PathOf("s"), "-k", network.PathOf("key"))).FailsWith(4);
        string key2 = network.PathOf("theirs");
        (await network.RunAsync("r2", "key", "new", key2)).Succeeds();
        (await network.RunAsync("chown", RootFactAttribute.OtherUser, key2)).Succeeds();
        string socket = (await OtherUser.RunAsync(network, "r2d", "-s", network.PathOf("s"), "-k", key2)).FailsWith(4);

        Assert.Contains(network.PathOf("key"), key, StringComparison.Ordinal);
        Assert.Contains(network.PathOf("s"), socket, StringComparison.Ordinal);
    }

    [OtherUserFact]
    public async Task Another_user_may_not_drive_a_daemon_even_where_the_file_would_let_them()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        (await network.RunAsync("chmod", "755", network.Directory)).Succeeds();

        Finished closed = await OtherUser.RunAsync(network, "r2", "-s", a.SocketPath, "ls");
        (await network.RunAsync("chmod", "666", a.SocketPath)).Succeeds();
        Finished open = await OtherUser.RunAsync(network, "r2", "-s", a.SocketPath, "ls");

        Assert.Contains(a.SocketPath, closed.FailsWith(4), StringComparison.Ordinal);
        Assert.NotEqual(0, open.ExitCode);
        Assert.Empty(open.Output);
        await a.LogLineAsync($"user {RootFactAttribute.OtherUser} is neither");
        (await a.R2Async("ls")).Succeeds();
    }
}
