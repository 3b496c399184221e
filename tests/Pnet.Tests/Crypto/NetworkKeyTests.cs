using System.Runtime.Versioning;
using Pnet.Crypto;
using Pnet.Tests.Transports;

namespace Pnet.Tests.Crypto;

[UnsupportedOSPlatform("windows")] // File modes.
public sealed class NetworkKeyTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string KeyPath => _directory.File("network-key");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Both_text_forms_are_read()
    {
        using var key = NetworkKey.Generate();
        var bytes = Bytes(key);
        using var base58 = NetworkKey.Parse($"psk:{SimpleBase.Base58.Bitcoin.Encode(bytes)}");
        using var hex = NetworkKey.Parse(Convert.ToHexString(bytes));

        Assert.Equal(bytes, Bytes(base58));
        Assert.Equal(bytes, Bytes(hex));
        using var raw = NetworkKey.FromBytes(bytes);
        Assert.Equal(bytes, Bytes(raw));
    }

    [Theory]
    [InlineData("", "start with psk:")]
    [InlineData("psk:", "empty")]
    [InlineData("psk:secret", "6 characters", "secret")]
    [InlineData("correct horse battery staple", "start with psk:", "horse")]
    [InlineData("6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC", "start with psk:", "6Xb2RtEf")]
    [InlineData("ffd8e654b8271c489b2d4cd236c327d4f4091f0958b31af8d6d893905a1ef6cg", "'g' at position 64", "ffd8")]
    public void Errors_name_the_bad_part_and_never_the_secret(string text, string part, string? secret = null)
    {
        var error = Assert.Throws<FormatException>(() => NetworkKey.Parse(text));

        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        if (secret is not null)
            Assert.DoesNotContain(secret, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_key_is_loaded_again_and_kept_from_others()
    {
        using var key = NetworkKey.Generate();
        key.Save(KeyPath);
        using (var again = NetworkKey.Load(KeyPath))
            Assert.Equal(Bytes(key), Bytes(again));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));

        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var error = Assert.Throws<PnetException>(() => NetworkKey.Load(KeyPath));
        Assert.Equal(PnetError.PermissionDenied, error.Error);
        Assert.Contains($"chmod 600 {KeyPath}", error.Action, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_a_key_is_refused_without_showing_what_it_holds()
    {
        File.WriteAllText(KeyPath, "# the key\nhunter2\n");
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead);

        var error = Assert.Throws<PnetException>(() => NetworkKey.Load(KeyPath));

        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(PnetError.NotFound, Assert.Throws<PnetException>(() => NetworkKey.Load(KeyPath + ".none")).Error);
    }

    [Fact]
    public void Neither_text_nor_a_disposed_key_gives_the_secret_away()
    {
        var key = NetworkKey.Generate();
        var bytes = Bytes(key);

        Assert.Equal("network key", $"{key}");
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Export(bytes));
    }

    private static byte[] Bytes(NetworkKey key)
    {
        var bytes = new byte[NetworkKey.Size];
        key.Export(bytes);
        return bytes;
    }
}
