using Pnet.Services.Files;

namespace Pnet.Tests.Services.Files;

/// <summary>What is written before and after the colon of files at a node.</summary>
public sealed class FileTargetTests
{
    private const string Key = "x25519:8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";

    [Theory]
    [InlineData("bob:", "bob", "")]
    [InlineData("bob:a:b/c", "bob", "a:b/c")]
    [InlineData("bob/carol:photos/2025", "bob/carol", "photos/2025")]
    [InlineData("bob/service:public:", "bob/service:public", "")]
    [InlineData("bob/carol/service:public:in/service:x", "bob/carol/service:public", "in/service:x")]
    [InlineData("service:public:x", "service:public", "x")]
    [InlineData("bob:service:x", "bob", "service:x")]
    public void The_first_colon_that_is_not_the_address_s_own_ends_it(string text, string address, string path)
    {
        Assert.True(FileTarget.IsFar(text));
        var target = FileTarget.Parse(text);
        Assert.Equal((address, path), (target.Address.ToString(), target.Path));
        Assert.Equal(text, target.ToString());
    }

    [Fact]
    public void An_id_with_its_kind_has_a_colon_as_well() => Assert.Equal("x", FileTarget.Parse($"bob/{Key}/service:public:x").Path);

    [Theory]
    [InlineData("bob")]
    [InlineData("bob/service:public")]
    [InlineData("./a:b")]
    [InlineData("/a:b")]
    [InlineData(":x")]
    [InlineData("")]
    public void What_has_none_is_a_file_here(string text) => Assert.False(FileTarget.IsFar(text));
}
