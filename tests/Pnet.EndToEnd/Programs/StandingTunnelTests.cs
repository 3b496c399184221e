using System.Net.Sockets;
using System.Text;
using Pnet.Control;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Programs;

/// <summary><c>r2 tunnel -L</c> and <c>-R</c>: programs that know only of sockets, through a router, over three daemons.</summary>
public sealed class StandingTunnelTests
{
    private const string AnyPort = "tcp://127.0.0.1:0";

    [Fact]
    public async Task Programs_at_a_local_listener_reach_the_far_service_many_at_once()
    {
        await using var network = new TestNetwork();
        var line = await Line.StartAsync(network);
        (await line.C.R2Async("serve", "-n", "upper", "tr a-z A-Z")).Succeeds();

        Finished made = (await line.A.R2Async("tunnel", "-L", AnyPort, $"{line.ToC}/service:upper")).Succeeds();
        TunnelInfo tunnel = await line.TunnelAsync();

        Assert.StartsWith($"tunnel 1 from {tunnel.Transport} to ", made.Output, StringComparison.Ordinal);
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => SocatAsync(network, tunnel.Transport, $"program {i}")));
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"PROGRAM {i}"), answers);
        answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => AskAsync(tunnel.Transport, $"socket {i}")));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"SOCKET {i}"), answers);
        Assert.Equal(112, (await line.TunnelAsync()).Connections);
        await line.C.UntilWithoutChildrenAsync();
    }

    [Fact]
    public async Task A_socket_file_can_be_listened_at_and_is_gone_with_the_tunnel()
    {
        await using var network = new TestNetwork();
        var line = await Line.StartAsync(network);
        (await line.C.R2Async("serve", "-n", "upper", "tr a-z A-Z")).Succeeds();
        string path = network.PathOf("near");

        (await line.A.R2Async("tunnel", "--listen", $"unix://{path}", $"{line.ToC}/service:upper")).Succeeds();

        Assert.Equal("HELLO", (await network.ShAsync($"printf hello | socat -t 20 - unix:{path}")).Succeeds().Output);
        (await line.A.R2Async("untunnel", "1")).Succeeds();
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Ssh_goes_to_the_far_server_as_if_it_were_here()
    {
        await using var ssh = await SshNetwork.StartAsync();
        (await ssh.A.R2Async("tunnel", "-L", AnyPort, ssh.B.Id)).Succeeds();
        string endpoint = (await ssh.A.WithControlAsync(control => control.GetTunnelsAsync())).Single().Transport;

        Finished there = await ssh.RunToAsync(new Uri(endpoint).Port, "echo $((6*7)); exit 3");

        Assert.Equal("42\n", there.Exits(3).Output);
    }

    [Fact]
    public async Task Connections_at_the_far_listener_reach_the_program_here_many_at_once()
    {
        await using var network = new TestNetwork();
        var line = await Line.StartAsync(network);
        Finished served = (await line.C.R2Async("serve", "-n", "web", "--listen", AnyPort)).Succeeds();
        string far = await line.FarEndpointAsync();
        Assert.Equal($"service:web listens at {far}\n", served.Output);
        int port = await network.SocatListenerAsync(",fork", "exec:'tr a-z A-Z'", network.Environment);

        (await line.A.R2Async("tunnel", "-R", $"{line.ToC}/service:web", $"tcp://127.0.0.1:{port}")).Succeeds();

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => SocatAsync(network, far, $"program {i}")));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"PROGRAM {i}"), answers);
        answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => AskAsync(far, $"socket {i}")));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"SOCKET {i}"), answers);
        Assert.Equal((TunnelKind.Reverse, 50L), ((await line.TunnelAsync()).Kind, (await line.TunnelAsync()).Connections));
    }

    [Fact]
    public async Task A_command_line_is_started_for_each_connection_at_the_far_listener()
    {
        await using var network = new TestNetwork();
        var line = await Line.StartAsync(network);
        (await line.C.R2Async("serve", "-n", "web", "-l", AnyPort)).Succeeds();

        (await line.A.R2Async("tunnel", "--reverse", $"{line.ToC}/service:web", "sed", "s/^/near: /")).Succeeds();

        Assert.Equal("near: one\n", await SocatAsync(network, await line.FarEndpointAsync(), "one\n"));
        Assert.Equal("near: two\n", await SocatAsync(network, await line.FarEndpointAsync(), "two\n"));
        await line.A.UntilWithoutChildrenAsync();
    }

    [Fact]
    public async Task Removing_a_tunnel_ends_what_goes_through_it_and_leaves_no_program()
    {
        await using var network = new TestNetwork();
        var line = await Line.StartAsync(network);
        (await line.C.R2Async("serve", "-n", "echo", "cat")).Succeeds();
        (await line.C.R2Async("serve", "-n", "web", "--listen", AnyPort)).Succeeds();
        (await line.A.R2Async("tunnel", "-L", AnyPort, $"{line.ToC}/service:echo")).Succeeds();
        string near = (await line.TunnelAsync()).Transport;
        (await line.A.R2Async("tunnel", "-R", $"{line.ToC}/service:web", "cat")).Succeeds();
        using TcpClient local = await OpenAsync(near);
        using TcpClient remote = await OpenAsync(await line.FarEndpointAsync());
        Assert.Contains("listening", (await line.A.R2Async("tunnels")).Succeeds().Output, StringComparison.Ordinal);

        (await line.A.R2Async("untunnel", "1")).Succeeds();
        (await line.A.R2Async("untunnel", "2")).Succeeds();

        Assert.Equal(0, await ReadAsync(local, new byte[1]));
        Assert.Equal(0, await ReadAsync(remote, new byte[1]));
        await line.A.UntilWithoutChildrenAsync();
        await line.C.UntilWithoutChildrenAsync();
        Assert.Equal(["ended", "ended"], (await line.A.AskAsync("tunnels")).EnumerateArray().Select(t => t.GetProperty("state").GetString()));
        await Assert.ThrowsAsync<SocketException>(() => OpenAsync(near));
    }

    [Fact]
    public async Task Both_work_again_when_the_far_daemon_is_back()
    {
        await using var network = new TestNetwork();
        var line = await Line.StartAsync(network);
        await OfferAsync();
        (await line.A.R2Async("tunnel", "-L", AnyPort, $"{line.ToC}/service:upper")).Succeeds();
        string near = (await line.TunnelAsync()).Transport;
        (await line.A.R2Async("tunnel", "-R", $"{line.ToC}/service:web", "tr A-Z a-z")).Succeeds();
        string far = network.PathOf("web");
        Assert.Equal("HERE", await AskAsync(near, "here"));
        Assert.Equal("there", await SocatAsync(network, $"unix://{far}", "THERE"));

        await line.C.StopAsync();
        await line.A.LogLineAsync("tunnel.lost");
        Assert.Equal("", await AskAsync(near, "nobody"));
        await line.RestartAsync();
        await OfferAsync();

        await Bounded.UntilAsync("a to wait at c again", async () => (await line.TunnelsAsync())[1].State == TunnelState.Waiting, TimeSpan.FromMinutes(2), () => line.A.Log);
        Assert.Equal("there again", await SocatAsync(network, $"unix://{far}", "THERE AGAIN"));
        Assert.Equal("HERE AGAIN", await AskAsync(near, "here again"));

        async Task OfferAsync()
        {
            (await line.C.R2Async("serve", "-n", "upper", "tr a-z A-Z")).Succeeds();
            (await line.C.R2Async("serve", "-n", "web", "-l", $"unix://{network.PathOf("web")}")).Succeeds();
        }
    }

    [Fact]
    public async Task What_can_not_be_is_told_with_its_exit_code()
    {
        await using var network = new TestNetwork();
        var line = await Line.StartAsync(network);
        (await line.C.R2Async("serve", "-n", "plain", "cat")).Succeeds();

        Assert.Contains("nobody", (await line.A.R2Async("tunnel", "-L", AnyPort, "nobody")).FailsWith(3), StringComparison.Ordinal);
        Assert.Contains("no service \"none\"", (await line.A.R2Async("tunnel", "-R", $"{line.ToC}/service:none", "cat")).FailsWith(3), StringComparison.Ordinal);
        Assert.Contains("takes no connections", (await line.A.R2Async("tunnel", "-R", $"{line.ToC}/service:plain", "cat")).FailsWith(2), StringComparison.Ordinal);
        Assert.Contains("no endpoint", (await line.A.R2Async("tunnel", "-L", "cat", line.ToC)).FailsWith(2), StringComparison.Ordinal);
        // A router that is no friend of the asker's offers nothing.
        Assert.Contains("does not know", (await line.A.R2Async("tunnel", "-R", "b/service:web", "cat")).FailsWith(4), StringComparison.Ordinal);
    }

    private static async Task<string> SocatAsync(TestNetwork network, string endpoint, string text) =>
        (await Shell.RunAsync("socat", ["-t", "20", "-", endpoint.Replace("://", ":", StringComparison.Ordinal)], network.Environment, Encoding.UTF8.GetBytes(text))).Succeeds().Output;

    private static async Task<TcpClient> OpenAsync(string endpoint)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", new Uri(endpoint).Port).WaitAsync(Bounded.Wait);
        return client;
    }

    private static async Task<string> AskAsync(string endpoint, string question)
    {
        using TcpClient client = await OpenAsync(endpoint);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(question));
        client.Client.Shutdown(SocketShutdown.Send);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer).WaitAsync(Bounded.Wait);
        return Encoding.UTF8.GetString(answer.ToArray());
    }

    private static Task<int> ReadAsync(TcpClient client, byte[] buffer) => client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(Bounded.Wait);

    /// <summary>Daemons a, b and c: b links to both and knows neither, c knows a.</summary>
    private sealed class Line(TestNetwork network, Daemon a, Daemon b)
    {
        public Daemon A => a;

        public Daemon C { get; private set; } = null!;

        /// <summary>The way from a to c, by ids: b doesn't tell a who his peers are.</summary>
        public string ToC => $"b/{C.Id}";

        public static async Task<Line> StartAsync(TestNetwork network)
        {
            var line = new Line(network, await network.DaemonAsync("a"), await network.DaemonAsync("b"));
            await TestNetwork.LinkAsync(line.A, line.B);
            await line.RestartAsync();
            (await line.B.R2Async("connect", line.Endpoint)).Succeeds();
            await line.C.UntilLinkedToAsync(line.B);
            return line;
        }

        /// <summary>Starts c, with the key that it had before.</summary>
        public async Task RestartAsync() => C = await network.DaemonAsync("c", "--allow", a.Id, "-l", Endpoint);

        public Task<IReadOnlyList<TunnelInfo>> TunnelsAsync() => a.WithControlAsync(control => control.GetTunnelsAsync());

        public async Task<TunnelInfo> TunnelAsync() => (await TunnelsAsync())[0];

        public async Task<string> FarEndpointAsync() => (await C.WithControlAsync(control => control.GetServicesAsync())).Single(s => s.Listen).Transport!;

        private Daemon B => b;

        private string Endpoint => $"unix://{network.PathOf("c.link")}";
    }
}
