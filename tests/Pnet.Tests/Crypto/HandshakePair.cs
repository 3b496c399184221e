using Pnet.Crypto;

namespace Pnet.Tests.Crypto;

/// <summary>Both ends of a handshake in one place.</summary>
internal sealed class HandshakePair : IDisposable
{
    private readonly NodeKey _initiatorKey = NodeKey.Generate();
    private readonly NodeKey _responderKey = NodeKey.Generate();

    internal HandshakePair(NetworkKey? psk = null)
        : this("prologue"u8, "prologue"u8, psk, psk)
    {
    }

    internal HandshakePair(ReadOnlySpan<byte> initiatorPrologue, ReadOnlySpan<byte> responderPrologue, NetworkKey? initiatorPsk, NetworkKey? responderPsk)
    {
        Initiator = new HandshakeState(true, initiatorPrologue, _initiatorKey, initiatorPsk);
        Responder = new HandshakeState(false, responderPrologue, _responderKey, responderPsk);
    }

    internal HandshakeState Initiator { get; }

    internal HandshakeState Responder { get; }

    internal NodeKey InitiatorKey => _initiatorKey;

    internal NodeKey ResponderKey => _responderKey;

    internal HandshakeState Writer(int message) => message % 2 == 0 ? Initiator : Responder;

    internal HandshakeState Reader(int message) => message % 2 == 0 ? Responder : Initiator;

    /// <summary>Exchanges the first so many messages, each with a payload of 10 bytes.</summary>
    internal HandshakePair Run(int messages)
    {
        for (var i = 0; i < messages; i++)
            Assert.Equal(10, Reader(i).ReadMessage(Write(i), new byte[10]));
        return this;
    }

    /// <summary>Writes a message with a payload of 10 bytes.</summary>
    internal byte[] Write(int message)
    {
        var bytes = new byte[Writer(message).Overhead + 10];
        Assert.Equal(bytes.Length, Writer(message).WriteMessage("0123456789"u8, bytes));
        return bytes;
    }

    public void Dispose()
    {
        Initiator.Dispose();
        Responder.Dispose();
        _initiatorKey.Dispose();
        _responderKey.Dispose();
    }
}
