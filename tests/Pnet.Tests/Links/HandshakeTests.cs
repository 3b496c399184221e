using Pnet.Crypto;
using Pnet.Frames;
using Pnet.Links;
using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Tests.Links;

/// <summary>Whom a handshake lets through, and who is told what.</summary>
public sealed class HandshakeTests
{
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
        var (far, attaching) = subject.Attach(new AttachOptions { ExpectedId = wanted.Id });
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
        var (far, attaching) = subject.Attach();
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
        var (far, attaching) = subject.Attach(new AttachOptions { Manager = true });
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
}
