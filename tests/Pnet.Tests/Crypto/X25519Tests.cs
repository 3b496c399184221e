using Pnet.Crypto;

namespace Pnet.Tests.Crypto;

/// <summary>The figures of RFC 7748 sections 5.2 and 6.1.</summary>
public sealed class X25519Tests
{
    private const string BasePoint = "0900000000000000000000000000000000000000000000000000000000000000";

    [Theory]
    [InlineData(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void Multiplication_gives_the_published_results(string scalar, string point, string expected) =>
        Assert.Equal(expected, Multiply(scalar, point));

    [Fact]
    public void A_thousand_multiplications_in_turn_give_the_published_result()
    {
        byte[] scalar = Convert.FromHexString(BasePoint), point = Convert.FromHexString(BasePoint), result = new byte[32];
        for (var i = 1; i <= 1000; i++)
        {
            Assert.True(X25519.TryAgree(scalar, point, result));
            (scalar, point, result) = (result, scalar, point);
            if (i == 1)
                Assert.Equal("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079", Convert.ToHexStringLower(scalar));
        }

        Assert.Equal("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51", Convert.ToHexStringLower(scalar));
    }

    [Fact]
    public void Two_keys_agree_as_published()
    {
        using var alice = NodeKey.FromBytes(Convert.FromHexString("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
        using var bob = NodeKey.FromBytes(Convert.FromHexString("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
        byte[] first = new byte[32], second = new byte[32];

        alice.Agree(bob.Id.ToByteArray(), first);
        bob.Agree(alice.Id.ToByteArray(), second);

        Assert.Equal("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", alice.Id.ToHex());
        Assert.Equal("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", bob.Id.ToHex());
        Assert.Equal("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", Convert.ToHexStringLower(first));
        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [InlineData("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
    public void Points_of_low_order_are_refused(string point)
    {
        using var key = NodeKey.Generate();

        var error = Assert.Throws<PnetException>(() => key.Agree(Convert.FromHexString(point), new byte[32]));

        Assert.Equal(PnetError.Protocol, error.Error);
    }

    [Fact]
    public void Only_32_bytes_are_taken()
    {
        Assert.Throws<ArgumentException>(() => X25519.GetPublicKey(new byte[31], new byte[32]));
        Assert.Throws<ArgumentException>(() => X25519.GetPublicKey(new byte[32], new byte[33]));
        Assert.Throws<ArgumentException>(() => X25519.TryAgree(new byte[32], new byte[33], new byte[32]));
        Assert.Throws<ArgumentException>(() => X25519.TryAgree(new byte[32], new byte[32], new byte[31]));
    }

    private static string Multiply(string scalar, string point)
    {
        var result = new byte[32];
        Assert.True(X25519.TryAgree(Convert.FromHexString(scalar), Convert.FromHexString(point), result));
        return Convert.ToHexStringLower(result);
    }
}
