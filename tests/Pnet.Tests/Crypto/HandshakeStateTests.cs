using Pnet.Crypto;

namespace Pnet.Tests.Crypto;

public sealed class HandshakeStateTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Both_ends_learn_each_others_id_and_the_same_keys(bool withPsk)
    {
        using var psk = withPsk ? NetworkKey.Generate() : null;
        using var pair = new HandshakePair(psk).Run(3);

        Assert.Equal(pair.ResponderKey.Id, pair.Initiator.RemoteId);
        Assert.Equal(pair.InitiatorKey.Id, pair.Responder.RemoteId);
        Assert.True(pair.Initiator.HandshakeHash.SequenceEqual(pair.Responder.HandshakeHash));

        using var initiator = new CipherPair(pair.Initiator.Split());
        using var responder = new CipherPair(pair.Responder.Split());
        Assert.Equal("to"u8, initiator.SendTo(responder, "to"u8));
        Assert.Equal("fro"u8, responder.SendTo(initiator, "fro"u8));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_change_to_any_byte_is_noticed_by_the_end_of_the_handshake(bool withPsk)
    {
        using var psk = withPsk ? NetworkKey.Generate() : null;
        for (var message = 0; message < 3; message++)
        {
            for (var at = 0; ; at++)
            {
                using var pair = new HandshakePair(psk).Run(message);
                var bytes = pair.Write(message);
                if (at == bytes.Length)
                    break;

                bytes[at] ^= 0x80; // In a public key's last byte X25519 ignores this bit; the hash of the handshake doesn't.
                var error = Assert.Throws<PnetException>(() => Finish(pair, message, bytes));
                var inPskPart = withPsk && message == 2 && at >= 48;
                Assert.Equal(inPskPart ? PnetError.NetworkKeyMismatch : PnetError.Protocol, error.Error);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_message_cut_short_or_too_long_is_refused(bool withPsk)
    {
        using var psk = withPsk ? NetworkKey.Generate() : null;
        for (var message = 1; message < 3; message++)
        {
            for (var length = 0; length < 200; length++)
            {
                using var pair = new HandshakePair(psk).Run(message);
                var bytes = pair.Write(message);
                if (length == bytes.Length)
                    continue;

                Array.Resize(ref bytes, length);
                Assert.Throws<PnetException>(() => pair.Reader(message).ReadMessage(bytes, new byte[200]));
            }
        }
    }

    [Fact]
    public void Garbage_is_never_accepted_nor_breaks_anything_else()
    {
        var random = new Random(6);
        var payload = new byte[300];
        for (var i = 0; i < 500; i++)
        {
            using var pair = new HandshakePair().Run(random.Next(1, 3));
            var garbage = new byte[random.Next(300)];
            random.NextBytes(garbage);
            var reader = pair.Initiator.IsWriting ? pair.Responder : pair.Initiator;

            Assert.Equal(PnetError.Protocol, Assert.Throws<PnetException>(() => reader.ReadMessage(garbage, payload)).Error);
            Assert.Throws<ObjectDisposedException>(() => reader.ReadMessage(garbage, payload));
        }
    }

    [Fact]
    public void Another_prologue_fails_at_the_first_encrypted_message()
    {
        using var pair = new HandshakePair("one"u8, "two"u8, null, null).Run(1);
        var bytes = pair.Write(1);

        Assert.Equal(PnetError.Protocol, Assert.Throws<PnetException>(() => pair.Initiator.ReadMessage(bytes, new byte[10])).Error);
    }

    [Fact]
    public void Another_network_key_is_told_apart_by_the_responder()
    {
        using NetworkKey one = NetworkKey.Generate(), two = NetworkKey.Generate();
        using var pair = new HandshakePair([], [], one, two).Run(2);
        var bytes = pair.Write(2);

        var error = Assert.Throws<PnetException>(() => pair.Responder.ReadMessage(bytes, new byte[10]));

        Assert.Equal(PnetError.NetworkKeyMismatch, error.Error);
        Assert.NotNull(error.Action);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_network_key_at_one_end_only_never_gives_a_link(bool atInitiator)
    {
        using var psk = NetworkKey.Generate();
        using var pair = new HandshakePair([], [], atInitiator ? psk : null, atInitiator ? null : psk);
        var first = pair.Write(0);

        Assert.Throws<PnetException>(() => Finish(pair, 0, first));
    }

    [Fact]
    public void A_peer_with_a_key_of_low_order_is_refused()
    {
        using var pair = new HandshakePair();
        pair.Responder.ReadMessage(new byte[32], []);

        Assert.Equal(PnetError.Protocol, Assert.Throws<PnetException>(() => pair.Write(1)).Error);
    }

    [Fact]
    public void Ends_keep_to_their_turns()
    {
        using var pair = new HandshakePair();

        Assert.Throws<InvalidOperationException>(() => pair.Responder.WriteMessage([], new byte[200]));
        Assert.Throws<InvalidOperationException>(() => pair.Initiator.ReadMessage(new byte[32], new byte[200]));
        Assert.Throws<InvalidOperationException>(() => pair.Initiator.Split());
        Assert.Throws<InvalidOperationException>(() => pair.Initiator.RemoteId);
        Assert.Throws<InvalidOperationException>(() => pair.Initiator.HandshakeHash.Length);

        pair.Run(3);
        Assert.Equal(0, pair.Initiator.Overhead);
        Assert.Throws<InvalidOperationException>(() => pair.Initiator.WriteMessage([], new byte[200]));
        using var ciphers = new CipherPair(pair.Initiator.Split());
        Assert.Throws<ObjectDisposedException>(() => pair.Initiator.Split());
    }

    [Fact]
    public void A_buffer_that_is_too_short_is_refused_and_the_handshake_goes_on()
    {
        using var pair = new HandshakePair();
        for (var message = 0; message < 3; message++)
        {
            HandshakeState writer = pair.Writer(message), reader = pair.Reader(message);

            Assert.Throws<ArgumentException>(() => writer.WriteMessage(new byte[10], new byte[writer.Overhead + 9]));
            Assert.Throws<ArgumentException>(() => writer.WriteMessage(new byte[65535], new byte[70_000]));
            var bytes = pair.Write(message);
            Assert.Throws<ArgumentException>(() => reader.ReadMessage(bytes, new byte[9]));
            Assert.Equal(10, reader.ReadMessage(bytes, new byte[10]));
        }

        Assert.True(pair.Initiator.IsFinished && pair.Responder.IsFinished);
    }

    [Fact]
    public void The_longest_message_is_taken()
    {
        using var pair = new HandshakePair().Run(1);
        byte[] payload = new byte[65535 - pair.Responder.Overhead], message = new byte[65535];

        Assert.Equal(65535, pair.Responder.WriteMessage(payload, message));
        Assert.Equal(payload.Length, pair.Initiator.ReadMessage(message, payload));
    }

    [Fact]
    public void A_message_may_be_read_into_its_own_buffer()
    {
        using var pair = new HandshakePair().Run(1);
        var bytes = pair.Write(1);

        Assert.Equal(10, pair.Initiator.ReadMessage(bytes, bytes.AsSpan(bytes.Length - 26)));
        Assert.Equal("0123456789"u8, bytes.AsSpan(bytes.Length - 26, 10));
    }

    /// <summary>Lets the reader have these bytes for a message, then runs the rest.</summary>
    private static void Finish(HandshakePair pair, int message, byte[] bytes)
    {
        var payload = new byte[200];
        pair.Reader(message).ReadMessage(bytes, payload);
        for (var next = message + 1; next < 3; next++)
            pair.Reader(next).ReadMessage(pair.Write(next), payload);
    }

    private sealed class CipherPair((CipherState Send, CipherState Receive) ciphers) : IDisposable
    {
        internal ReadOnlySpan<byte> SendTo(CipherPair other, ReadOnlySpan<byte> text)
        {
            var message = new byte[text.Length + CipherState.TagSize];
            ciphers.Send.Encrypt([], text, message);
            Assert.True(other.Decrypt(message));
            return message.AsSpan(0, text.Length);
        }

        public void Dispose()
        {
            ciphers.Send.Dispose();
            ciphers.Receive.Dispose();
        }

        private bool Decrypt(byte[] message) => ciphers.Receive.TryDecrypt([], message, message);
    }
}
