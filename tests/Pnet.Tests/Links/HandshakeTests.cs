using Pnet.Crypto;
using Pnet.Frames;
using Pnet.Links;
using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Tests.Links;

public sealed class HandshakeTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task Both_ends_may_begin_and_one_of_them_leads()
    {
        for (var i = 0; i < 10; i++)
        {
            using var first = NodeKey.Generate();
            using var second = NodeKey.Generate();
            var (a, b) = MemoryTransport.CreatePair();
            var links = await Task.WhenAll(Link.OpenAsync(a, new LinkOptions { Key = first }), Link.OpenAsync(b, new LinkOptions { Key = second })).Soon();
            Assert.NotEqual(links[0].Initiator, links[1].Initiator);
            Assert.Equal((second.Id, first.Id), (links[0].RemoteId, links[1].RemoteId));
            await Task.WhenAll(links.Select(l => l.CloseAsync(new Reason(ReasonCode.Closed, "done")))).Soon();
        }
    }

    [Fact]
    public async Task An_initiator_that_finds_another_key_ends_the_link_and_reveals_nothing()
    {
        await using var subject = await Subject.StartAsync();
        using var wanted = NodeKey.Generate();
        var (near, far) = MemoryTransport.CreatePair();
        var recorded = new RecordingTransport(near);
        var attaching = subject.Router.AttachAsync(recorded, new AttachOptions { ExpectedId = wanted.Id, Outbound = true });
        var peer = RawPeer.ConnectAsync(far, initiator: false);
        await attaching.FailsAsync(PnetError.IdentityMismatch, "identity mismatch", wanted.Id.ToString());
        await peer.FailsAsync(PnetError.Unreachable, "ended before the last handshake message");
        // The preamble and an ephemeral key, both fresh random numbers.
        Assert.Equal(Preamble.Size + Wire.RecordHeaderSize + 32, recorded.Written.Length);
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_responder_that_finds_another_key_says_so_to_the_initiator()
    {
        await using var subject = await Subject.StartAsync();
        using var wanted = NodeKey.Generate();
        var (near, far) = MemoryTransport.CreatePair();
        var attaching = subject.Router.AttachAsync(near, new AttachOptions { ExpectedId = wanted.Id });
        await using var peer = await RawPeer.ConnectAsync(far, initiator: true);
        await attaching.FailsAsync(PnetError.IdentityMismatch, "identity mismatch", wanted.Id.ToString(), peer.Id.ToString());
        var goodbye = await peer.ReceiveGoodbyeAsync();
        Assert.Equal(ReasonCode.IdentityMismatch, goodbye.Code);
        Assert.DoesNotContain(wanted.Id.ToString(), goodbye.Text, StringComparison.Ordinal);
        await subject.CarriesOnAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wrong_pin_is_an_identity_mismatch_whichever_end_leads(bool pinnedLeads)
    {
        await using var subject = await Subject.StartAsync();
        var other = subject.CreateRouter();
        for (var i = 0; i < 6; i++)
        {
            // The tie is random: a few rounds see both cases, and only the wanted one is looked at.
            var (near, far) = MemoryTransport.CreatePair();
            var there = other.AttachAsync(far, new AttachOptions());
            await subject.Router.AttachAsync(near, new AttachOptions { ExpectedId = subject.Id, Outbound = true }).FailsAsync(PnetError.IdentityMismatch, "identity mismatch");
            var told = await Assert.ThrowsAsync<PnetException>(() => there.Soon());
            Assert.Equal(told.Error == PnetError.IdentityMismatch, told.Message.Contains("closed by the other node: identity mismatch", StringComparison.Ordinal));
            if (told.Error == (pinnedLeads ? PnetError.Unreachable : PnetError.IdentityMismatch))
                break;
        }
        await subject.CarriesOnAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_network_key_at_one_end_only_is_named_at_both(bool here)
    {
        using var key = NetworkKey.Generate();
        await using var subject = await Subject.StartAsync(configureLinks: o => o with { NetworkKey = here ? key : null });
        var (near, far) = MemoryTransport.CreatePair();
        var attaching = subject.Router.AttachAsync(near, new AttachOptions());
        var peer = RawPeer.ConnectAsync(far, networkKey: here ? null : key);
        await attaching.FailsAsync(PnetError.NetworkKeyMismatch, here ? "the other node has no network key" : "the other node asks for a network key");
        await peer.FailsAsync(PnetError.NetworkKeyMismatch, here ? "the other node asks for a network key" : "the other node has no network key");
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task Different_network_keys_are_named_at_both_ends()
    {
        using var keyA = NetworkKey.Generate();
        using var keyB = NetworkKey.Generate();
        await using var subject = await Subject.StartAsync(configureLinks: o => o with { NetworkKey = keyA });
        var other = subject.CreateRouter(keyB);
        for (var i = 0; i < 20; i++)
        {
            var (near, far) = MemoryTransport.CreatePair();
            var there = other.AttachAsync(far, new AttachOptions());
            await subject.Router.AttachAsync(near, new AttachOptions()).FailsAsync(PnetError.NetworkKeyMismatch, "network key");
            await there.FailsAsync(PnetError.NetworkKeyMismatch, "network key");
        }
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task Different_network_keys_are_named_at_both_ends_over_tcp()
    {
        using var keyA = NetworkKey.Generate();
        using var keyB = NetworkKey.Generate();
        await using var subject = await Subject.StartAsync(configureLinks: o => o with { NetworkKey = keyA });
        var other = subject.CreateRouter(keyB);
        var registry = TransportRegistry.CreateDefault();
        await using var listener = await registry.ListenAsync("tcp://127.0.0.1:0", default);
        for (var i = 0; i < 20; i++)
        {
            var accepting = listener.AcceptAsync();
            var there = other.AttachAsync(await registry.DialAsync(TransportAddress.Parse(listener.Endpoint), default), new AttachOptions { Outbound = true });
            await subject.Router.AttachAsync(await accepting.Soon(), new AttachOptions()).FailsAsync(PnetError.NetworkKeyMismatch, "network key");
            await there.FailsAsync(PnetError.NetworkKeyMismatch, "network key");
        }
        await subject.CarriesOnAsync();
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "it began with \"HTTP/1.1 400 Bad Request\"")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", "it began with \"SSH-2.0-OpenSSH")]
    [InlineData("\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008", "it began with 0001020304050607")]
    [InlineData("sh: nosuch: not found\n", "it began with \"sh: nosuch: not found\"")]
    public async Task What_is_no_node_is_told_apart_at_once(string said, string words)
    {
        await using var subject = await Subject.StartAsync();
        var (near, far) = MemoryTransport.CreatePair();
        var attaching = subject.Router.AttachAsync(near, new AttachOptions { Outbound = true });
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
        var (near, far) = MemoryTransport.CreatePair();
        var attaching = subject.Router.AttachAsync(near, new AttachOptions { Outbound = true });
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
        var (near, far) = MemoryTransport.CreatePair();
        var attaching = subject.Router.AttachAsync(near, new AttachOptions());
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
        var (near, far) = MemoryTransport.CreatePair();
        var attaching = subject.Router.AttachAsync(near, new AttachOptions());
        await far.WriteAsync(await Transports.Bytes.ReadExactlyAsync(far, Preamble.Size)).Soon();
        await attaching.FailsAsync(PnetError.Protocol, "returns this node's own bytes");
        await far.DisposeAsync();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task Another_version_is_named()
    {
        await using var subject = await Subject.StartAsync();
        var (near, far) = MemoryTransport.CreatePair();
        var attaching = subject.Router.AttachAsync(near, new AttachOptions());
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
        var (near, far) = MemoryTransport.CreatePair();
        var attaching = subject.Router.AttachAsync(near, new AttachOptions { Timeout = Short });
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
        var (near, far) = MemoryTransport.CreatePair();
        var attaching = subject.Router.AttachAsync(near, new AttachOptions());
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
        var (near, far) = MemoryTransport.CreatePair();
        var attaching = subject.Router.AttachAsync(near, new AttachOptions());
        await far.WriteAsync(RawPeer.LeadingPreamble(true).Bytes).Soon();
        await far.WriteAsync(new byte[2 + 32].Select((b, i) => i == 1 ? (byte)32 : b).ToArray()).Soon();
        await attaching.FailsAsync(PnetError.Protocol, "low order");
        await far.DisposeAsync();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_transport_that_leads_back_is_refused_at_both_ends()
    {
        await using var subject = await Subject.StartAsync();
        var (near, far) = MemoryTransport.CreatePair();
        var inbound = subject.Router.AttachAsync(far, new AttachOptions());
        await subject.Router.AttachAsync(near, new AttachOptions { Outbound = true }).FailsAsync(PnetError.Usage, "leads back to this node itself");
        await inbound.FailsAsync(PnetError.Usage, "leads back to this node itself");
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_handshake_that_is_cancelled_closes_its_transport()
    {
        await using var subject = await Subject.StartAsync();
        using var cancel = new CancellationTokenSource();
        var (near, far) = MemoryTransport.CreatePair();
        var attaching = subject.Router.AttachAsync(near, new AttachOptions(), cancel.Token);
        await Transports.Bytes.ReadExactlyAsync(far, Preamble.Size);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attaching.Soon());
        Assert.Equal(0, await far.ReadAsync(new byte[1]).Soon());
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task Strangers_can_begin_so_many_handshakes_and_no_more_and_a_manager_is_none_of_them()
    {
        await using var subject = await Subject.StartAsync(o => o with { MaxHandshakes = 3 });
        var pairs = Enumerable.Range(0, 3).Select(_ => MemoryTransport.CreatePair()).ToList();
        var silent = pairs.Select(p => subject.Router.AttachAsync(p.A, new AttachOptions())).ToList();
        await subject.Router.AttachAsync(MemoryTransport.CreatePair().A, new AttachOptions()).FailsAsync(PnetError.LimitReached, "3 handshakes are under way");
        var (near, far) = MemoryTransport.CreatePair();
        var attaching = subject.Router.AttachAsync(near, new AttachOptions { Manager = true });
        await using (var manager = await RawPeer.ConnectAsync(far))
        {
            await manager.SendAsync(Operation.KeepAlive, 0, RawPeer.KeepAlive());
            await attaching.Soon();
        }
        foreach (var (_, peer) in pairs)
            await peer.DisposeAsync();
        foreach (var attempt in silent)
            await attempt.FailsAsync(PnetError.Unreachable);
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
        var (near, far) = MemoryTransport.CreatePair();
        var spoilt = new SpoiltTransport(far, at, flip);
        var attaching = subject.Router.AttachAsync(near, new AttachOptions());
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
