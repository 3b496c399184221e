using System.Net;
using System.Net.Sockets;
using Pnet.Transports;

namespace Pnet.Tests.Transports;

public sealed class TcpTransportTests
{
    private readonly TransportRegistry _registry = TransportRegistry.CreateDefault();

    [Fact]
    public async Task The_endpoint_tells_the_real_port()
    {
        await using IListener listener = await _registry.ListenAsync("tcp://127.0.0.1:0");

        Assert.NotEqual(0, TransportAddress.Parse(listener.Endpoint).Port);
    }

    [Fact]
    public async Task A_star_listens_at_all_addresses()
    {
        await using IListener listener = await _registry.ListenAsync("tcp://*:0");
        int port = TransportAddress.Parse(listener.Endpoint).Port!.Value;
        await using ITransport a = await _registry.DialAsync($"tcp://127.0.0.1:{port}");
        await using ITransport b = await listener.AcceptAsync();

        Assert.StartsWith("tcp://127.0.0.1:", b.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_an_error()
    {
        await using IListener listener = await _registry.ListenAsync("tcp://127.0.0.1:0");

        PnetException e = await Assert.ThrowsAsync<PnetException>(() => _registry.ListenAsync(listener.Endpoint).AsTask());

        Assert.Equal(PnetError.AlreadyExists, e.Error);
        Assert.Contains(listener.Endpoint, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_of_another_machine_cannot_be_listened_at()
    {
        PnetException e = await Assert.ThrowsAsync<PnetException>(() => _registry.ListenAsync("tcp://192.0.2.1:0").AsTask());

        Assert.Contains("not an address of this machine", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_is_unreachable_and_says_what_was_tried()
    {
        // Bound, so that nobody else has the port, and not listening.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)taken.LocalEndPoint!).Port;

        PnetException e = await Assert.ThrowsAsync<PnetException>(() => _registry.DialAsync($"tcp://localhost:{port}").AsTask());

        Assert.Equal(PnetError.Unreachable, e.Error);
        Assert.Contains($"tcp://localhost:{port}", e.Message, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{port}: connection refused", e.Message, StringComparison.Ordinal);
        Assert.NotNull(e.Action);
    }

    [Fact]
    public async Task Port_0_cannot_be_dialled()
    {
        FormatException e = await Assert.ThrowsAsync<FormatException>(() => _registry.DialAsync("tcp://127.0.0.1:0").AsTask());

        Assert.Contains("1 to 65535", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_unreachable()
    {
        PnetException e = await Assert.ThrowsAsync<PnetException>(() => _registry.DialAsync("tcp://host.invalid:1").AsTask().WaitAsync(Bytes.Soon));

        Assert.Equal(PnetError.Unreachable, e.Error);
        Assert.Contains("\"host.invalid\"", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_dial_is_cancelled()
    {
        await using IListener listener = await _registry.ListenAsync("tcp://127.0.0.1:0");
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _registry.DialAsync(listener.Endpoint, cancel.Token).AsTask());
    }

    [Fact]
    public async Task What_was_written_before_disposal_arrives()
    {
        await using IListener listener = await _registry.ListenAsync("tcp://127.0.0.1:0");
        ITransport a = await _registry.DialAsync(listener.Endpoint);
        await using ITransport b = await listener.AcceptAsync();
        byte[] bytes = Bytes.Random(1024 * 1024);
        Task<int> pending = a.ReadAsync(new byte[1]).AsTask();
        Task<byte[]> received = Bytes.ReadExactlyAsync(b, bytes.Length);
        await a.WriteAsync(bytes);
        await a.DisposeAsync();

        Assert.Equal(bytes, await received);
        Assert.Equal(0, await b.ReadAsync(new byte[1]).AsTask().WaitAsync(Bytes.Soon));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pending);
    }

    [Fact]
    public async Task Only_a_unix_socket_has_credentials()
    {
        await using IListener listener = await _registry.ListenAsync("tcp://127.0.0.1:0");
        await using ITransport a = await _registry.DialAsync(listener.Endpoint);

        Assert.Throws<NotSupportedException>(() => ((SocketTransport)a).GetPeerCredentials());
    }
}
