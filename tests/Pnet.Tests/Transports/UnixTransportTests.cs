using System.Net.Sockets;
using System.Runtime.Versioning;
using Pnet.Transports;

namespace Pnet.Tests.Transports;

[UnsupportedOSPlatform("windows")]
public sealed class UnixTransportTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly TransportRegistry _registry = TransportRegistry.CreateDefault();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_path_too_long_is_an_error_that_gives_the_limit()
    {
        string path = "/" + new string('x', UnixListener.MaxPathBytes);

        PnetException listen = await Assert.ThrowsAsync<PnetException>(() => _registry.ListenAsync("unix://" + path).AsTask());
        PnetException dial = await Assert.ThrowsAsync<PnetException>(() => _registry.DialAsync("unix://" + path).AsTask());

        Assert.Contains("108 bytes", listen.Message, StringComparison.Ordinal);
        Assert.Contains("limit is 107", listen.Message, StringComparison.Ordinal);
        Assert.Equal(listen.Message, dial.Message);
    }

    [Fact]
    public async Task The_longest_path_works()
    {
        string path = _directory.File(new string('x', UnixListener.MaxPathBytes - _directory.Path.Length - 1));
        await using IListener listener = await _registry.ListenAsync("unix://" + path);
        await using ITransport a = await _registry.DialAsync("unix://" + path);
        await using ITransport b = await listener.AcceptAsync();

        Assert.Equal("unix://" + path, b.Description);
    }

    [Fact]
    public async Task A_socket_left_behind_is_taken_over()
    {
        string path = LeaveStale("stale");
        PnetException e = await Assert.ThrowsAsync<PnetException>(() => _registry.DialAsync("unix://" + path).AsTask());
        Assert.Equal(PnetError.Unreachable, e.Error);
        Assert.Contains("left behind", e.Message, StringComparison.Ordinal);

        await using IListener listener = await _registry.ListenAsync("unix://" + path);
        await using ITransport a = await _registry.DialAsync("unix://" + path);
        await using ITransport b = await listener.AcceptAsync();
    }

    [Fact]
    public async Task A_socket_in_use_stays_with_its_owner()
    {
        string endpoint = "unix://" + _directory.File("s");
        await using IListener first = await _registry.ListenAsync(endpoint);

        PnetException e = await Assert.ThrowsAsync<PnetException>(() => _registry.ListenAsync(endpoint).AsTask());

        Assert.Equal(PnetError.AlreadyExists, e.Error);
        Assert.Contains(_directory.File("s"), e.Message, StringComparison.Ordinal);
        await using ITransport probe = await first.AcceptAsync(); // the second listener's look
        Assert.Equal(0, await probe.ReadAsync(new byte[1]));
        await using ITransport a = await _registry.DialAsync(endpoint);
        await using ITransport b = await first.AcceptAsync();
        await a.WriteAsync(new byte[] { 1 });
        Assert.Equal([1], await Bytes.ReadExactlyAsync(b, 1));
    }

    [Fact]
    public async Task A_file_that_is_no_socket_is_left_alone()
    {
        string path = _directory.File("precious");
        await File.WriteAllTextAsync(path, "data");

        PnetException e = await Assert.ThrowsAsync<PnetException>(() => _registry.ListenAsync("unix://" + path).AsTask());

        Assert.Equal(PnetError.AlreadyExists, e.Error);
        Assert.Equal("data", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_missing_directory_is_named()
    {
        PnetException e = await Assert.ThrowsAsync<PnetException>(() => _registry.ListenAsync("unix://" + _directory.File("no/s")).AsTask());

        Assert.Equal(PnetError.NotFound, e.Error);
        Assert.Contains(_directory.File("no"), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_socket_is_unreachable()
    {
        PnetException e = await Assert.ThrowsAsync<PnetException>(() => _registry.DialAsync("unix://" + _directory.File("none")).AsTask());

        Assert.Equal(PnetError.Unreachable, e.Error);
        Assert.Contains("There is no socket", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0600", UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData("666", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite)]
    public async Task The_mode_is_the_one_asked_for(string mode, UnixFileMode expected)
    {
        string path = _directory.File("s");
        await using IListener listener = await _registry.ListenAsync($"unix://{path}?mode={mode}");

        Assert.Equal(expected, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData("9")]
    [InlineData("0888")]
    [InlineData("7777")]
    [InlineData("")]
    public async Task A_bad_mode_is_a_format_error(string mode)
    {
        FormatException e = await Assert.ThrowsAsync<FormatException>(() => _registry.ListenAsync($"unix:///tmp/x?mode={mode}").AsTask());

        Assert.Contains("0600", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Others_may_not_connect_to_a_socket_of_mode_0600()
    {
        // Only root can become somebody else. For other users the mode itself is tested above.
        if (!Environment.IsPrivilegedProcess)
            return;
        string path = _directory.File("s");
        File.SetUnixFileMode(_directory.Path, File.GetUnixFileMode(_directory.Path) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        await using IListener listener = await _registry.ListenAsync($"unix://{path}?mode=0600");
        await using var process = ProcessTransport.Start($"setpriv --reuid 65534 --clear-groups socat -u unix-connect:{path} -");

        Assert.Equal("", await Bytes.ReadTextAsync(process));
        Assert.NotEqual(0, process.EndStatus);
        Assert.Contains("Permission denied", process.ExitError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposal_removes_the_file()
    {
        string path = _directory.File("s");
        IListener listener = await _registry.ListenAsync("unix://" + path);
        Assert.True(File.Exists(path));
        await listener.DisposeAsync();

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Disposal_leaves_the_file_of_a_successor()
    {
        string path = _directory.File("s");
        IListener first = await _registry.ListenAsync("unix://" + path);
        File.Delete(path);
        await using IListener second = await _registry.ListenAsync("unix://" + path);
        await first.DisposeAsync();

        await using ITransport a = await _registry.DialAsync("unix://" + path);
        await using ITransport b = await second.AcceptAsync();
    }

    [Fact]
    public async Task The_kernel_tells_who_is_at_the_other_end()
    {
        string path = _directory.File("s");
        await using IListener listener = await _registry.ListenAsync("unix://" + path);
        await using var process = ProcessTransport.Start($"exec socat unix-connect:{path} -");
        await using var accepted = (SocketTransport)await listener.AcceptAsync();

        PeerCredentials peer = accepted.GetPeerCredentials();

        Assert.Equal(process.ProcessId, peer.ProcessId);
        Assert.Equal(Environment.IsPrivilegedProcess, peer.UserId == 0);
    }

    [Fact]
    public async Task More_may_dial_at_once_than_the_queue_holds()
    {
        const int count = SocketListener.Backlog + 100;
        string endpoint = "unix://" + _directory.File("s");
        await using IListener listener = await _registry.ListenAsync(endpoint);
        Task<ITransport>[] dials = [.. Enumerable.Range(0, count).Select(_ => _registry.DialAsync(endpoint).AsTask())];
        for (int i = 0; i < count; i++)
            await (await listener.AcceptAsync().AsTask().WaitAsync(Bytes.Soon)).DisposeAsync();
        foreach (ITransport dialled in await Task.WhenAll(dials).WaitAsync(Bytes.Soon))
            await dialled.DisposeAsync();
    }

    [Fact]
    public async Task A_disposed_listener_ends_a_pending_accept()
    {
        IListener listener = await _registry.ListenAsync("unix://" + _directory.File("s"));
        Task<ITransport> accept = listener.AcceptAsync().AsTask();
        await listener.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => accept.WaitAsync(Bytes.Soon));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => listener.AcceptAsync().AsTask());
    }

    // .NET removes the path that it bound; a file of another name is left as a killed process leaves it.
    private string LeaveStale(string name)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_directory.File("bound")));
        socket.Listen();
        File.Move(_directory.File("bound"), _directory.File(name));
        return _directory.File(name);
    }
}
