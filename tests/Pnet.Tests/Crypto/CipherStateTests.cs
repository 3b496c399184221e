using System.Buffers.Binary;
using System.Security.Cryptography;
using Pnet.Crypto;

namespace Pnet.Tests.Crypto;

public sealed class CipherStateTests : IDisposable
{
    private static readonly byte[] Key = Convert.FromHexString("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");

    private readonly CipherState _sender = new(Key);
    private readonly CipherState _receiver = new(Key);

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    [Fact]
    public void Random_messages_come_back_in_order()
    {
        var random = new Random(7);
        for (var i = 0; i < 1000; i++)
        {
            byte[] text = new byte[random.Next(2000)], ad = new byte[random.Next(40)], sealedText = new byte[text.Length + 16], opened = new byte[text.Length];
            random.NextBytes(text);
            random.NextBytes(ad);

            Assert.Equal(sealedText.Length, _sender.Encrypt(ad, text, sealedText));
            Assert.True(_receiver.TryDecrypt(ad, sealedText, opened));
            Assert.Equal(text, opened);
            Assert.Equal((ulong)i + 1, _sender.Nonce);
            Assert.Equal((ulong)i + 1, _receiver.Nonce);
        }
    }

    [Fact]
    public void Nonces_are_written_as_noise_says()
    {
        byte[] expected = new byte[5 + 16], actual = new byte[5 + 16];
        using var chacha = new ChaCha20Poly1305(Key);
        chacha.Encrypt([0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1], "hello"u8, expected.AsSpan(0, 5), expected.AsSpan(5), "ad"u8);

        _sender.Nonce = 0x0102030405060708;
        _sender.Encrypt("ad"u8, "hello"u8, actual);

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Messages_are_encrypted_and_decrypted_in_place()
    {
        var random = new Random(8);
        foreach (var length in (int[])[0, 1, 15, 16, 17, 63, 64, 65, 1000, 65519])
        {
            byte[] text = new byte[length], buffer = new byte[length + 16], apart = new byte[length + 16];
            random.NextBytes(text);
            text.CopyTo(buffer, 0);

            _sender.Encrypt([], buffer.AsSpan(0, length), buffer);
            _sender.Nonce--;
            _sender.Encrypt([], text, apart);
            Assert.Equal(apart, buffer);
            Assert.True(_receiver.TryDecrypt([], buffer, buffer));
            Assert.Equal(text, buffer.AsSpan(0, length));
        }
    }

    [Fact]
    public void A_change_to_any_bit_is_noticed_and_not_counted()
    {
        byte[] sealedText = new byte[50 + 16], opened = new byte[50];
        _sender.Encrypt("ad"u8, new byte[50], sealedText);
        for (var bit = 0; bit < 8 * sealedText.Length; bit++)
        {
            sealedText[bit / 8] ^= (byte)(1 << (bit % 8));
            opened.AsSpan().Fill(1);

            Assert.False(_receiver.TryDecrypt("ad"u8, sealedText, opened));
            Assert.All(opened, b => Assert.Equal(0, b));
            sealedText[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal(0ul, _receiver.Nonce);
        Assert.False(_receiver.TryDecrypt("da"u8, sealedText, opened));
        for (var length = 0; length < sealedText.Length; length++)
            Assert.False(_receiver.TryDecrypt("ad"u8, sealedText.AsSpan(0, length), opened));
        Assert.True(_receiver.TryDecrypt("ad"u8, sealedText, opened));
        Assert.False(_receiver.TryDecrypt("ad"u8, sealedText, opened)); // Not a second time.
    }

    [Fact]
    public void Rekeying_encrypts_zeros_under_the_last_nonce_and_keeps_the_count()
    {
        byte[] next = new byte[32], tag = new byte[16], nonce = new byte[12], expected = new byte[16], actual = new byte[16];
        using var old = new ChaCha20Poly1305(Key);
        BinaryPrimitives.WriteUInt64LittleEndian(nonce.AsSpan(4), ulong.MaxValue);
        old.Encrypt(nonce, new byte[32], next, tag);
        using var renewed = new ChaCha20Poly1305(next);
        BinaryPrimitives.WriteUInt64LittleEndian(nonce.AsSpan(4), 9);
        renewed.Encrypt(nonce, ""u8, [], expected);

        _sender.Nonce = 9;
        _sender.Rekey();
        _sender.Encrypt([], [], actual);

        Assert.Equal(expected, actual);
        Assert.Equal(10ul, _sender.Nonce);
        _receiver.Nonce = 9;
        Assert.False(_receiver.TryDecrypt([], actual, []));
        _receiver.Rekey();
        Assert.True(_receiver.TryDecrypt([], actual, []));
    }

    [Fact]
    public void The_last_nonce_is_never_used_for_a_message()
    {
        var sealedText = new byte[16];
        _sender.Nonce = _receiver.Nonce = ulong.MaxValue - 1;
        _sender.Encrypt([], [], sealedText);
        Assert.True(_receiver.TryDecrypt([], sealedText, []));

        Assert.Equal(PnetError.LimitReached, Assert.Throws<PnetException>(() => _sender.Encrypt([], [], sealedText)).Error);
        Assert.Equal(PnetError.LimitReached, Assert.Throws<PnetException>(() => _receiver.TryDecrypt([], sealedText, [])).Error);
        Assert.Equal(ulong.MaxValue, _sender.Nonce);
    }

    [Fact]
    public void Short_buffers_are_refused_and_nothing_is_counted()
    {
        Assert.Throws<ArgumentException>(() => _sender.Encrypt([], new byte[10], new byte[25]));
        Assert.Throws<ArgumentException>(() => _receiver.TryDecrypt([], new byte[26], new byte[9]));
        Assert.Equal(0ul, _sender.Nonce);
        Assert.Equal(0ul, _receiver.Nonce);
    }

    [Fact]
    public void Nothing_is_allocated_per_message()
    {
        byte[] ad = new byte[8], buffer = new byte[1400 + 16];
        RoundTrips(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        RoundTrips(1000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void RoundTrips(int count)
        {
            for (var i = 0; i < count; i++)
            {
                _sender.Encrypt(ad, buffer.AsSpan(0, 1400), buffer);
                if (!_receiver.TryDecrypt(ad, buffer, buffer))
                    throw new InvalidOperationException("Not authentic.");
            }
        }
    }
}
