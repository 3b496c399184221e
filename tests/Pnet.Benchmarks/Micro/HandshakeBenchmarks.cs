using BenchmarkDotNet.Attributes;
using Pnet.Crypto;
using Pnet.Links;
using Pnet.Transports;

namespace Pnet.Benchmarks.Micro;

/// <summary>Handshakes, both ends of each: the figure for one end is half of it.</summary>
public class HandshakeBenchmarks : IDisposable
{
    private readonly NodeKey _initiatorKey = NodeKey.Generate();
    private readonly NodeKey _responderKey = NodeKey.Generate();
    private readonly byte[] _message = new byte[HandshakeState.MaxMessageSize];
    private readonly byte[] _payload = new byte[HandshakeState.MaxMessageSize];

    /// <summary>The three messages of Noise_XX alone.</summary>
    [Benchmark]
    public void Noise()
    {
        using var initiator = new HandshakeState(true, [], _initiatorKey, null);
        using var responder = new HandshakeState(false, [], _responderKey, null);
        responder.ReadMessage(_message.AsSpan(0, initiator.WriteMessage([], _message)), _payload);
        initiator.ReadMessage(_message.AsSpan(0, responder.WriteMessage([], _message)), _payload);
        responder.ReadMessage(_message.AsSpan(0, initiator.WriteMessage([], _message)), _payload);
        var (send, receive) = initiator.Split();
        var (otherSend, otherReceive) = responder.Split();
        send.Dispose();
        receive.Dispose();
        otherSend.Dispose();
        otherReceive.Dispose();
    }

    /// <summary>Two links made over memory: preambles, framing and names as well.</summary>
    [Benchmark]
    public async Task Links()
    {
        var (a, b) = MemoryTransport.CreatePair();
        var opening = Link.OpenAsync(a, new LinkOptions { Key = _initiatorKey });
        var other = await Link.OpenAsync(b, new LinkOptions { Key = _responderKey }).ConfigureAwait(false);
        var link = await opening.ConfigureAwait(false);
        // Their loops never ran: the transports are all that is to be closed.
        await link.Transport.DisposeAsync().ConfigureAwait(false);
        await other.Transport.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _initiatorKey.Dispose();
        _responderKey.Dispose();
        GC.SuppressFinalize(this);
    }
}
