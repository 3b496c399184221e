using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Transports;

public sealed class LocalProcessTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_process_at_the_other_end_of_a_socket_is_told_by_its_mark()
    {
        var path = _folder.File("socket");
        await using var listener = await UnixListener.CreateAsync(path, null, default);
        await using var near = await UnixTransportProvider.DialPathAsync(path, default);
        await using var far = await listener.AcceptAsync().Soon();
        Assert.Equal(LocalProcess.MarkSize, LocalProcess.Mark?.Length);
        Assert.Equal(LocalProcess.Mark, LocalProcess.MarkAtOtherEnd(near));
        Assert.Equal(LocalProcess.Mark, LocalProcess.MarkAtOtherEnd(far));
        Assert.Equal(LocalProcess.Mark, LocalProcess.MarkAtOtherEnd(MemoryTransport.CreatePair().A));
    }

    [Fact]
    public async Task Another_process_has_another_mark()
    {
        var path = _folder.File("socket");
        await using var listener = await UnixListener.CreateAsync(path, null, default);
        await using var child = await TransportRegistry.CreateDefault().DialAsync($"socat - unix-connect:{path}").AsTask().Soon();
        await using var far = await listener.AcceptAsync().Soon();
        var mark = LocalProcess.MarkAtOtherEnd(far);
        Assert.Equal(LocalProcess.MarkSize, mark?.Length);
        Assert.NotEqual(LocalProcess.Mark, mark);
    }

    [Fact]
    public async Task Nothing_is_told_of_what_is_no_socket_of_this_machine_or_is_closed()
    {
        var path = _folder.File("socket");
        await using var listener = await UnixListener.CreateAsync(path, null, default);
        var closed = await UnixTransportProvider.DialPathAsync(path, default);
        await closed.DisposeAsync();
        var registry = TransportRegistry.CreateDefault();
        await using var tcp = await registry.ListenAsync("tcp://127.0.0.1:0");
        await using var connection = await registry.DialAsync(tcp.Endpoint);
        Assert.Null(LocalProcess.MarkAtOtherEnd(closed));
        Assert.Null(LocalProcess.MarkAtOtherEnd(connection));
    }
}
