using Pnet.Crypto;

namespace Pnet.Tests.Crypto;

public sealed class NodeKeyTests
{
    [Fact]
    public void Keys_are_all_different_and_agree_with_one_another()
    {
        byte[] first = new byte[32], second = new byte[32];
        for (var i = 0; i < 50; i++)
        {
            using NodeKey one = NodeKey.Generate(), two = NodeKey.Generate();
            one.Agree(two.Id.ToByteArray(), first);
            two.Agree(one.Id.ToByteArray(), second);

            Assert.NotEqual(one.Id, two.Id);
            Assert.Equal(first, second);
        }
    }

    [Fact]
    public void A_disposed_key_gives_nothing_away()
    {
        var key = NodeKey.Generate();
        var id = key.Id;
        key.Dispose();
        key.Dispose();

        Assert.Throws<ObjectDisposedException>(() => key.Export(new byte[32]));
        Assert.Throws<ObjectDisposedException>(() => key.Agree(id.ToByteArray(), new byte[32]));
        Assert.Equal(id, key.Id);
    }

    [Fact]
    public void Text_shows_the_public_key_only()
    {
        using var key = NodeKey.Generate();
        var bytes = new byte[32];
        key.Export(bytes);

        Assert.Contains(key.Id.ToString(), key.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(SimpleBase.Base58.Bitcoin.Encode(bytes), key.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_32_bytes_make_a_key()
    {
        Assert.Throws<ArgumentException>(() => NodeKey.FromBytes(new byte[31]));
        Assert.Throws<ArgumentException>(() => NodeKey.FromBytes(new byte[33]));
    }
}
