using Pnet.Frames;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Routing;

/// <summary>One channel of a peer that is driven by hand, as a transport: what a router could do with what it relays.</summary>
internal sealed class RawChannel(RawPeer peer, uint number, Operation sends) : ITransport
{
    private byte[] _rest = [];

    public string Description => $"channel {number}";

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.Length == 0)
        {
            var (header, payload) = await peer.ReceiveAsync();
            if (header.Number != number || header.Operation is Operation.Credit)
                continue;
            if (header.Operation is Operation.End or Operation.Reset or Operation.Unreachable)
                return 0;
            _rest = payload;
        }
        var count = Math.Min(buffer.Length, _rest.Length);
        _rest.AsSpan(0, count).CopyTo(buffer.Span);
        _rest = _rest[count..];
        return count;
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await peer.SendAsync(sends, number, buffer.ToArray());

    public async ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default) => await peer.SendAsync(Operation.End, number);

    public ValueTask DisposeAsync() => default;
}
