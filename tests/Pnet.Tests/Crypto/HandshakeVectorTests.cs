using Pnet.Addressing;
using Pnet.Crypto;

namespace Pnet.Tests.Crypto;

public sealed class HandshakeVectorTests
{
    private static readonly HandshakePattern IK = new(
        "IK",
        [
            [HandshakeToken.E, HandshakeToken.ES, HandshakeToken.S, HandshakeToken.SS],
            [HandshakeToken.E, HandshakeToken.EE, HandshakeToken.SE],
        ],
        KnowsResponder: true);

    [Fact]
    public void XX_gives_the_published_messages() => Check(NoiseVectors.XX, HandshakePattern.XX, null);

    [Fact]
    public void XXpsk3_gives_the_published_messages()
    {
        using var psk = NetworkKey.Parse(NoiseVectors.Psk);
        Check(NoiseVectors.XXpsk3, HandshakePattern.XXpsk3, psk);
    }

    [Fact]
    public void Another_pattern_in_the_table_gives_the_published_messages() => Check(NoiseVectors.IK, IK, null);

    private static void Check(NoiseVectors.Vector vector, HandshakePattern pattern, NetworkKey? psk)
    {
        using NodeKey initiatorKey = Key(NoiseVectors.InitiatorStatic), responderKey = Key(NoiseVectors.ResponderStatic);
        using var initiator = Start(pattern, true, initiatorKey, responderKey.Id, psk, NoiseVectors.InitiatorEphemeral);
        using var responder = Start(pattern, false, responderKey, null, psk, NoiseVectors.ResponderEphemeral);
        var handshake = pattern.Messages.Length;
        for (var i = 0; i < handshake; i++)
            CheckMessage(vector.Messages[i], i % 2 == 0 ? initiator : responder, i % 2 == 0 ? responder : initiator);

        Assert.True(initiator.IsFinished && responder.IsFinished);
        Assert.Equal(responderKey.Id, initiator.RemoteId);
        Assert.Equal(initiatorKey.Id, responder.RemoteId);
        Assert.Equal(vector.HandshakeHash, Convert.ToHexStringLower(initiator.HandshakeHash));
        Assert.Equal(vector.HandshakeHash, Convert.ToHexStringLower(responder.HandshakeHash));

        var (initiatorSend, initiatorReceive) = initiator.Split();
        var (responderSend, responderReceive) = responder.Split();
        using (initiatorSend)
        using (initiatorReceive)
        using (responderSend)
        using (responderReceive)
        {
            for (var i = handshake; i < vector.Messages.Length; i++)
            {
                var fromInitiator = i % 2 == 0;
                CheckMessage(vector.Messages[i], fromInitiator ? initiatorSend : responderSend, fromInitiator ? responderReceive : initiatorReceive);
            }
        }
    }

    private static void CheckMessage(NoiseVectors.Message expected, HandshakeState writer, HandshakeState reader)
    {
        byte[] payload = Convert.FromHexString(expected.Payload), message = new byte[payload.Length + writer.Overhead], read = new byte[payload.Length];
        Assert.Equal(writer.Overhead, reader.Overhead);
        Assert.True(writer.IsWriting);
        Assert.False(reader.IsWriting);

        Assert.Equal(message.Length, writer.WriteMessage(payload, message));
        Assert.Equal(expected.Ciphertext, Convert.ToHexStringLower(message));
        Assert.Equal(payload.Length, reader.ReadMessage(message, read));
        Assert.Equal(payload, read);
    }

    private static void CheckMessage(NoiseVectors.Message expected, CipherState send, CipherState receive)
    {
        byte[] payload = Convert.FromHexString(expected.Payload), message = new byte[payload.Length + CipherState.TagSize], read = new byte[payload.Length];

        Assert.Equal(message.Length, send.Encrypt([], payload, message));
        Assert.Equal(expected.Ciphertext, Convert.ToHexStringLower(message));
        Assert.True(receive.TryDecrypt([], message, read));
        Assert.Equal(payload, read);
    }

    private static HandshakeState Start(HandshakePattern pattern, bool initiator, NodeKey key, NodeId? responder, NetworkKey? psk, string ephemeral) =>
        new(pattern, initiator, Convert.FromHexString(NoiseVectors.Prologue), key, psk, responder, Key(ephemeral));

    private static NodeKey Key(string hex) => NodeKey.FromBytes(Convert.FromHexString(hex));
}
