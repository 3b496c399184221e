using Pnet.Transports;

namespace Pnet.Tests.Transports;

public sealed class TransportAddressTests
{
    [Theory]
    [InlineData("tcp://example.com:47210", "tcp", "example.com", 47210, "")]
    [InlineData("TCP://127.0.0.1:0", "tcp", "127.0.0.1", 0, "")]
    [InlineData("tcp://[::1]:65535", "tcp", "::1", 65535, "")]
    [InlineData("tcp://*:1/", "tcp", "*", 1, "/")]
    [InlineData("unix:///run/pnet", "unix", null, null, "/run/pnet")]
    [InlineData("unix:///a%20b/c%3f", "unix", null, null, "/a b/c?")]
    [InlineData("wss://host/path/x", "wss", "host", null, "/path/x")]
    [InlineData("ws://[fe80::1]:80/", "ws", "fe80::1", 80, "/")]
    [InlineData("udp://h:9", "udp", "h", 9, "")]
    public void A_uri_is_taken_apart(string text, string scheme, string? host, int? port, string path)
    {
        var address = TransportAddress.Parse(text);

        Assert.Equal(TransportAddressKind.Uri, address.Kind);
        Assert.Equal((scheme, host, port, path), (address.Scheme, address.Host, address.Port, address.Path));
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData("socat tcp:example.com:47210 -")]
    [InlineData("websocat -b ws://example.com/")]
    [InlineData("cat")]
    [InlineData("- -")]
    [InlineData("tcp:/host:1")]
    public void Anything_without_a_scheme_is_a_command(string text)
    {
        var address = TransportAddress.Parse("  " + text + "\n");

        Assert.Equal(TransportAddressKind.Command, address.Kind);
        Assert.Equal(text, address.ToString());
        Assert.Null(address.Scheme);
    }

    [Fact]
    public void A_dash_is_stdio() => Assert.Equal(TransportAddressKind.Stdio, TransportAddress.Parse(" - ").Kind);

    [Fact]
    public void Options_are_read()
    {
        var address = TransportAddress.Parse("unix:///x?Mode=0600&label=a%26b&flag");

        Assert.Equal("0600", address.Options["mode"]);
        Assert.Equal("a&b", address.Options["label"]);
        Assert.Equal("", address.Options["flag"]);
    }

    [Theory]
    [InlineData("", "empty", "tcp://HOST:PORT")]
    [InlineData(" \t", "empty", "tcp://HOST:PORT")]
    [InlineData("a\0b", "NUL", "command")]
    [InlineData("://x", "scheme", "tcp://HOST:PORT")]
    [InlineData("1cp://x:1", "\"1cp\"", "tcp://HOST:PORT")]
    [InlineData("tc_p://x:1", "\"tc_p\"", "tcp://HOST:PORT")]
    [InlineData("tcp://", "No host", "tcp://HOST:PORT")]
    [InlineData("tcp://:1", "No host", "tcp://HOST:PORT")]
    [InlineData("tcp://host", "No port", "tcp://HOST:PORT")]
    [InlineData("udp://host", "No port", "udp://HOST:PORT")]
    [InlineData("tcp://host:", "port \"\"", "0 to 65535")]
    [InlineData("tcp://host:65536", "port \"65536\"", "0 to 65535")]
    [InlineData("tcp://host:-1", "port \"-1\"", "0 to 65535")]
    [InlineData("tcp://host:ssh", "port \"ssh\"", "tcp://HOST:PORT")]
    [InlineData("tcp://::1:80", "host \"::1:80\"", "tcp://[::1]:PORT")]
    [InlineData("tcp://[::1", "host \"[::1\"", "tcp://[::1]:PORT")]
    [InlineData("tcp://[::1]80", "port \"80\"", "tcp://HOST:PORT")]
    [InlineData("tcp://[host]:80", "host \"[host]\"", "tcp://[::1]:PORT")]
    [InlineData("tcp://[127.0.0.1]:80", "host \"[127.0.0.1]\"", "tcp://[::1]:PORT")]
    [InlineData("tcp://ho\"st:80", "host", "tcp://HOST:PORT")]
    [InlineData("tcp://host:80/path", "path \"/path\"", "tcp://HOST:PORT")]
    [InlineData("unix://relative", "path", "unix:///path")]
    [InlineData("unix://", "path", "unix:///path")]
    [InlineData("unix:///", "path", "unix:///path")]
    [InlineData("unix:///x?=1", "option \"=1\"", "NAME=VALUE")]
    [InlineData("unix:///x?a=1&A=2", "option \"A=2\"", "NAME=VALUE")]
    public void Bad_input_names_the_part_and_shows_the_right_form(string text, string part, string form)
    {
        FormatException e = Assert.Throws<FormatException>(() => TransportAddress.Parse(text));

        Assert.Contains(part, e.Message, StringComparison.Ordinal);
        Assert.Contains(form, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_text_parses_or_fails_with_a_format_error()
    {
        string[] pieces = ["tcp", "unix", "ws", "://", "://", ":", "/", "host", "127.0.0.1", "[::1]", "80", "0", "65536", "?", "a=1", "&", " ", "%", "-", "é", "\""];
        var random = new Random(20250611);
        int uris = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(random.GetItems(pieces, random.Next(0, 8)));
            try
            {
                var address = TransportAddress.Parse(text);
                Assert.Equal(text.Trim(), address.ToString());
                if (address.Kind == TransportAddressKind.Uri)
                {
                    uris++;
                    Assert.InRange(address.Port ?? 0, 0, 65535);
                }
            }
            catch (FormatException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }

        Assert.True(uris > 100, $"only {uris} URIs were made");
    }
}
