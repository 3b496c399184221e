using Pnet.Transports;

namespace Pnet.Tests.Transports;

public sealed class TransportRegistryTests
{
    private readonly TransportRegistry _registry = TransportRegistry.CreateDefault();

    [Theory]
    [InlineData("quic://h:1")]
    [InlineData("exec://ls")]
    [InlineData("stdio://")]
    public async Task An_unknown_scheme_lists_the_known_ones(string address)
    {
        FormatException dial = await Assert.ThrowsAsync<FormatException>(() => _registry.DialAsync(address).AsTask());
        FormatException listen = await Assert.ThrowsAsync<FormatException>(() => _registry.ListenAsync(address).AsTask());

        Assert.Contains("tcp://, unix://", dial.Message, StringComparison.Ordinal);
        Assert.Equal(dial.Message, listen.Message);
    }

    [Theory]
    [InlineData("-")]
    [InlineData("cat")]
    public async Task Only_a_uri_can_be_listened_at(string endpoint)
    {
        FormatException e = await Assert.ThrowsAsync<FormatException>(() => _registry.ListenAsync(endpoint).AsTask());

        Assert.Contains("tcp://0.0.0.0:47210", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stdio_is_only_there_once_a_program_registers_it()
    {
        FormatException e = await Assert.ThrowsAsync<FormatException>(() => _registry.DialAsync("-").AsTask());

        Assert.Contains("stdio", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registered_provider_is_used()
    {
        _registry.Register(new EchoProvider());

        await using ITransport transport = await _registry.DialAsync("echo://somewhere/x");

        Assert.Equal("echo://somewhere/x", transport.Description);
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:1?nodelay=1", "\"nodelay\"")]
    [InlineData("unix:///x?mode=9", "mode")]
    public async Task An_unknown_option_is_named(string address, string part)
    {
        FormatException e = await Assert.ThrowsAsync<FormatException>(() => _registry.DialAsync(address).AsTask());

        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }

    private sealed class EchoProvider : ITransportProvider
    {
        public string Scheme => "echo";

        public ValueTask<ITransport> DialAsync(TransportAddress address, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<ITransport>(MemoryTransport.CreatePair(1, address.ToString()).A);

        public ValueTask<IListener> ListenAsync(TransportAddress address, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }
}
