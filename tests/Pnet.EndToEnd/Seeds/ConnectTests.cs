using Pnet.Addressing;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Seeds;

/// <summary><c>connect</c> as seeds 1 and 3 have it: links over whatever carries bytes.</summary>
public sealed class ConnectTests
{
    [Fact]
    public async Task Socat_on_one_side_and_a_forking_socat_on_the_other_introduce_every_node_that_calls()
    {
        await using var network = new TestNetwork();
        Daemon b = await network.DaemonAsync("b");
        int port = await network.SocatListenerAsync(",fork,reuseaddr", "exec:r2 connect -", network.EnvironmentWith(("PNET_SOCKET_PATH", b.SocketPath)));

        Daemon a = await network.DaemonAsync("a");
        Daemon c = await network.DaemonAsync("c");
        Finished fromA = await a.R2Async("connect", $"socat tcp:127.0.0.1:{port} -");
        Finished fromC = await c.R2Async("connect", $"socat tcp:127.0.0.1:{port} -");

        Assert.Contains($"to b ({b.Id}) over socat tcp:127.0.0.1:{port} -", fromA.Succeeds().Output, StringComparison.Ordinal);
        fromC.Succeeds();
        await b.UntilLinkedToAsync(a);
        await b.UntilLinkedToAsync(c);
        (await a.R2Async("ping", "-c", "1", "b")).Succeeds();
        (await b.R2Async("ping", "-c", "1", "c")).Succeeds();
    }

    [Fact]
    public async Task A_socat_that_names_the_node_it_waits_for_introduces_that_node()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b");
        int port = await network.SocatListenerAsync("", $"exec:r2 connect -n {a.Id} -", network.EnvironmentWith(("PNET_SOCKET_PATH", b.SocketPath)));

        (await a.R2Async("connect", "-n", b.Id, $"socat tcp:127.0.0.1:{port} -")).Succeeds();

        await b.UntilLinkedToAsync(a);
    }

    [Fact]
    public async Task A_socat_that_names_another_node_introduces_nobody()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b");
        Daemon c = await network.DaemonAsync("c");
        int port = await network.SocatListenerAsync(",fork", $"exec:r2 connect -n {c.Id} -", network.EnvironmentWith(("PNET_SOCKET_PATH", b.SocketPath)));

        Finished refused = await a.R2Async("connect", "--no-reconnect", $"socat tcp:127.0.0.1:{port} -");

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Empty(await b.UpAsync());
        Assert.Empty(await a.UpAsync());
    }

    [Fact]
    public async Task A_node_that_is_not_the_one_named_is_an_identity_mismatch()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b");
        string endpoint = await b.ListenAsync();

        Finished wrong = await a.R2Async("connect", "-n", a.Id, $"socat tcp:{endpoint} -");

        string line = wrong.FailsWith(4);
        Assert.Contains("identity mismatch", line, StringComparison.Ordinal);
        Assert.Contains(b.Id, line, StringComparison.Ordinal);
        Assert.Empty(await a.UpAsync());
    }

    [Fact]
    public async Task The_older_form_with_the_id_before_the_transport_works_on_both_sides()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b");
        int port = await network.SocatListenerAsync("", $"exec:r2 connect {a.Id} -", network.EnvironmentWith(("PNET_SOCKET_PATH", b.SocketPath)));

        (await a.R2Async("connect", b.Id, $"socat tcp:127.0.0.1:{port} -")).Succeeds();

        await b.UntilLinkedToAsync(a);
    }

    [Fact]
    public async Task The_hexadecimal_ids_of_the_first_seed_name_nodes_too()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b");
        string hex = NodeId.Parse(b.Id).ToHex();

        (await a.R2Async("connect", hex, $"socat tcp:{await b.ListenAsync()} -")).Succeeds();
        (await a.R2Async("ping", "-c", "1", hex)).Succeeds();
    }

    [Fact]
    public async Task UNIX_sockets_carry_links_through_socat_and_without_it()
    {
        await using var network = new TestNetwork();
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b", "-l", $"unix://{network.PathOf("peers")}");
        Daemon c = await network.DaemonAsync("c");

        (await a.R2Async("connect", $"socat unix:{network.PathOf("peers")} -")).Succeeds();
        (await c.R2Async("connect", $"unix://{network.PathOf("peers")}")).Succeeds();

        await b.UntilLinkedToAsync(a);
        await b.UntilLinkedToAsync(c);
    }

    [Fact]
    public async Task A_pair_of_terminals_stands_in_for_a_serial_line()
    {
        await using var network = new TestNetwork();
        var (left, right) = (network.PathOf("tty0"), network.PathOf("tty1"));
        var line = network.Start("socat", "-d", "-d", $"pty,raw,echo=0,link={left}", $"pty,raw,echo=0,link={right}");
        await line.LineAsync("starting data transfer");
        Daemon a = await network.DaemonAsync("a");
        Daemon b = await network.DaemonAsync("b");
        network.Start("socat", [$"file:{right},raw,echo=0", "exec:r2 connect -"], network.EnvironmentWith(("PNET_SOCKET_PATH", b.SocketPath)));

        (await a.R2Async("connect", $"socat file:{left},raw,echo=0 -")).Succeeds();

        await b.UntilLinkedToAsync(a);
        (await a.R2Async("ping", "-c", "3", "-i", "10ms", "--size", "2000", "b")).Succeeds();
    }

    [Fact]
    public async Task The_environment_names_the_daemon_socket_to_daemon_and_manager()
    {
        await using var network = new TestNetwork();
        string socket = network.PathOf("elsewhere.sock");
        var environment = network.EnvironmentWith(("PNET_SOCKET_PATH", socket));
        var daemon = network.Start("r2d", ["-k", network.PathOf("key")], environment);
        await daemon.LineAsync($"at {socket}");

        (await Shell.RunAsync("r2", ["ls"], environment)).Succeeds();
        (await Shell.RunAsync("r2", ["stop"], environment)).Succeeds();

        Assert.Equal(0, await daemon.ExitAsync());
        Assert.False(File.Exists(socket));
    }
}
