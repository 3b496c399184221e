using Pnet.Addressing;
using Pnet.Control;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Control;

/// <summary>Tunnels that join one channel to one transport of the node's own.</summary>
public sealed class JoinedTunnelTests
{
    [Fact]
    public async Task It_has_not_ended_before_the_near_end_has_dealt_with_what_it_was_given()
    {
        var (far, service) = MemoryTransport.CreatePair();
        var near = new Slow();
        var tunnel = new JoinedTunnel(1, AddressPath.Parse("bob"), far, near);
        tunnel.Start(_ => { });

        await service.EndAsync(3).Soon();
        await near.Closing.Soon();
        Assert.Equal((TunnelState.Open, null), (tunnel.Info.State, tunnel.Info.ExitStatus));

        near.Finish();
        Assert.Equal(3, await tunnel.Completion.Soon());
        Assert.Equal((TunnelState.Ended, 3), (tunnel.Info.State, tunnel.Info.ExitStatus));
    }

    /// <summary>As a program that goes on for a while when its input has ended.</summary>
    private sealed class Slow : ITransport
    {
        private readonly TaskCompletionSource _closing = new();
        private readonly TaskCompletionSource _finished = new();

        public string Description => "slow";

        public Task Closing => _closing.Task;

        public void Finish() => _finished.SetResult();

        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public async ValueTask DisposeAsync()
        {
            _closing.SetResult();
            await _finished.Task;
        }
    }
}
