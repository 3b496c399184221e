using Pnet.Crypto;
using Pnet.Frames;
using Pnet.Links;
using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Tests.Links;

/// <summary>Handshakes that are broken off, changed on the way, or none at all.</summary>
public sealed class HandshakeFaultTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "it began with \"HTTP/1.1 400 Bad Request\"")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", "it began with \"SSH-2.0-OpenSSH")]
    [InlineData("\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008", "it began with 0001020304050607")]
    [InlineData("sh: nosuch: not found\n", "it began with \"sh: nosuch: not found\"")]
    public async Task What_is_no_node_is_told_apart_at_once(string said, string words)
    {
        await using var subject = await Subject.StartAsync();
        var (far, attaching) = subject.Attach(new AttachOptions { Outbound = true });
        // It says no more and waits, as a server does.
        await far.WriteAsync(System.Text.Encoding.ASCII.GetBytes(said)).Soon();
        await attaching.FailsAsync(PnetError.Protocol, "does not speak this protocol", words);
        await far.DisposeAsync();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_few_bytes_and_the_end_are_quoted_too()
    {
        await using var subject = await Subject.StartAsync();
        var (far, attaching) = subject.Attach(new AttachOptions { Outbound = true });
        await far.WriteAsync("no\n"u8.ToArray()).Soon();
        await far.EndAsync();
        await attaching.FailsAsync(PnetError.Protocol, "it began with \"no\"");
        await subject.CarriesOnAsync();
    }

    [Theory]
    [InlineData("line ends")]
    [InlineData("high bits")]
    [InlineData("carriage returns")]
    public async Task A_transport_that_changes_bytes_is_told_apart(string how)
    {
        await using var subject = await Subject.StartAsync();
        var (far, attaching) = subject.Attach();
        var peer = RawPeer.ConnectAsync(new MangledTransport(far, b => (how, b) switch
        {
            ("line ends", (byte)'\n') => "\r\n"u8.ToArray(),
            ("high bits", _) => [(byte)(b & 0x7F)],
            ("carriage returns", (byte)'\r') => "\n"u8.ToArray(),
            _ => [b],
        }));
        await attaching.FailsAsync(PnetError.Protocol, "not 8-bit clean");
        await Assert.ThrowsAnyAsync<IOException>(() => peer);
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_transport_that_returns_what_it_is_sent_is_told_apart()
    {
        await using var subject = await Subject.StartAsync();
        var (far, attaching) = subject.Attach();
        await far.WriteAsync(await Transports.Bytes.ReadExactlyAsync(far, Preamble.Size)).Soon();
        await attaching.FailsAsync(PnetError.Protocol, "returns this node's own bytes");
        await far.DisposeAsync();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task Another_version_is_named()
    {
        await using var subject = await Subject.StartAsync();
        var (far, attaching) = subject.Attach();
        var preamble = Preamble.Create(false).Bytes.ToArray();
        preamble[Preamble.MagicSize] = 9;
        await far.WriteAsync(preamble).Soon();
        await attaching.FailsAsync(PnetError.Protocol, "version 9", $"version {Preamble.Version}");
        await far.DisposeAsync();
        await subject.CarriesOnAsync();
    }

    [Theory]
    [InlineData(0, "no preamble came within 0.3 s")]
    [InlineData(27, "no preamble came")]
    [InlineData(28, "no handshake message came")]
    [InlineData(29, "no handshake message came")]
    [InlineData(61, "no handshake message came")]
    [InlineData(62, "no last handshake message came")]
    [InlineData(70, "no last handshake message came")]
    public async Task Half_a_handshake_and_then_silence_ends_at_the_time_set(int bytes, string words)
    {
        await using var subject = await Subject.StartAsync();
        var (near, far) = MemoryTransport.CreatePair();
        // Sent before, so that a slow machine doesn't take its time for the peer's.
        await HalfHandshakeAsync(far, bytes);
        var attaching = subject.Router.AttachAsync(near, new AttachOptions { Timeout = Short });
        await attaching.FailsAsync(PnetError.TimedOut, words);
        await far.DisposeAsync();
        await subject.CarriesOnAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_whole_handshake_and_then_silence_ends_at_the_time_set(bool initiator)
    {
        await using var subject = await Subject.StartAsync();
        var (far, attaching) = subject.Attach(new AttachOptions { Timeout = Short });
        await using var peer = await RawPeer.ConnectAsync(far, initiator);
        await attaching.FailsAsync(PnetError.TimedOut, "no answer to the handshake came within 0.3 s");
        Assert.Equal(ReasonCode.TimedOut, (await peer.ReceiveGoodbyeAsync()).Code);
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_handshake_that_ends_anywhere_is_an_error_and_leaves_nothing()
    {
        await using var subject = await Subject.StartAsync();
        for (var at = 0; ; at++)
        {
            var (failure, spoilt) = await SpoilAsync(subject, at, flip: 0);
            if (!spoilt)
                break;
            Waiting.Tells(failure!, failure!.Error, "the transport ended");
            Assert.Contains(failure.Error, new[] { PnetError.Unreachable, PnetError.Closed, PnetError.Protocol });
        }
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_handshake_with_any_bit_changed_is_an_error_and_leaves_nothing()
    {
        await using var subject = await Subject.StartAsync();
        var random = new Random(21);
        for (var at = 0; ; at++)
        {
            var (failure, spoilt) = await SpoilAsync(subject, at, flip: (byte)(1 << random.Next(8)));
            if (!spoilt)
                break;
            Assert.Contains(failure!.Error, new[] { PnetError.Protocol, PnetError.NetworkKeyMismatch, PnetError.Unreachable });
        }
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_handshake_message_beyond_the_limit_is_refused_before_it_is_read()
    {
        await using var subject = await Subject.StartAsync();
        var (far, attaching) = subject.Attach();
        await far.WriteAsync(RawPeer.LeadingPreamble(true).Bytes).Soon();
        await far.WriteAsync(new byte[] { (Wire.MaxHandshakeMessage + 1) >> 8, (Wire.MaxHandshakeMessage + 1) & 0xFF }).Soon();
        await attaching.FailsAsync(PnetError.Protocol, $"handshake message of {Wire.MaxHandshakeMessage + 1} bytes");
        await far.DisposeAsync();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_key_with_which_no_secret_can_be_shared_is_refused()
    {
        await using var subject = await Subject.StartAsync();
        var (far, attaching) = subject.Attach();
        await far.WriteAsync(RawPeer.LeadingPreamble(true).Bytes).Soon();
        await far.WriteAsync(new byte[2 + 32].Select((b, i) => i == 1 ? (byte)32 : b).ToArray()).Soon();
        await attaching.FailsAsync(PnetError.Protocol, "low order");
        await far.DisposeAsync();
        await subject.CarriesOnAsync();
    }

    private static async Task HalfHandshakeAsync(MemoryTransport transport, int bytes)
    {
        var sent = new List<byte>(RawPeer.LeadingPreamble(true).Bytes.ToArray()) { 0, 32 };
        using var ephemeral = NodeKey.Generate();
        var key = new byte[32];
        ephemeral.Id.CopyTo(key);
        sent.AddRange(key);
        sent.AddRange([0, 80, 1, 2, 3, 4, 5, 6]);
        await transport.WriteAsync(sent.Take(bytes).ToArray()).Soon();
    }

    // An honest initiator, over a transport that does what the handshake must notice.
    private static async Task<(PnetException? Failure, bool Spoilt)> SpoilAsync(Subject subject, int at, byte flip)
    {
        var (far, attaching) = subject.Attach();
        var spoilt = new SpoiltTransport(far, at, flip);
        var peer = PeerAsync();
        PnetException? failure = null;
        try
        {
            await attaching.Soon();
        }
        catch (PnetException e)
        {
            failure = e;
        }
        await peer;
        Assert.True(spoilt.Spoilt == (failure is not null), $"byte {at}: {failure}");
        return (failure, spoilt.Spoilt);

        async Task PeerAsync()
        {
            try
            {
                var connecting = RawPeer.ConnectAsync(spoilt);
                // A changed length makes both ends wait for each other.
                await Task.WhenAny(connecting, Task.Delay(Short));
                if (!connecting.IsCompleted && spoilt.Spoilt)
                    await spoilt.DisposeAsync();
                await using var raw = await connecting;
                if (!spoilt.Spoilt)
                    await raw.SendAsync(Operation.KeepAlive, 0, RawPeer.KeepAlive());
                if (spoilt.Spoilt)
                    await spoilt.EndAsync();
                await attaching.ContinueWith(static _ => { }, TaskScheduler.Default);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                await spoilt.DisposeAsync();
            }
        }
    }
}
