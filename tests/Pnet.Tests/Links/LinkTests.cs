using Pnet.Crypto;
using Pnet.Frames;
using Pnet.Links;
using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Tests.Links;

public sealed class LinkTests
{
    [Fact]
    public async Task A_link_works_over_a_transport_that_carries_one_byte_at_a_time()
    {
        await using var subject = await Subject.StartAsync();
        var other = subject.CreateRouter();
        var (near, far) = MemoryTransport.CreatePair(capacity: 1);
        var there = other.AttachAsync(new DribblingTransport(far), new AttachOptions());
        await subject.Router.AttachAsync(new DribblingTransport(near), new AttachOptions()).Soon();
        await using var echo = await (await there.Soon()).OpenAsync(FrameAddress.OfService("echo"), default).Soon();
        var sent = Transports.Bytes.Random(6_000);
        var writing = echo.WriteAsync(sent).Soon();
        Assert.Equal(sent, await Transports.Bytes.ReadExactlyAsync(echo, sent.Length));
        await writing;
        await echo.EndAsync().Soon();
        Assert.Equal(0, await echo.ReadAsync(new byte[1]).Soon());
        await (await there).Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
        await subject.CarriesOnAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_peer_that_sends_and_never_reads_is_paused_and_fills_no_memory(bool binds)
    {
        await using var subject = await Subject.StartAsync(configureLinks: o => o with { KeepAlive = TimeSpan.FromSeconds(4) });
        var (peer, neighbour) = await subject.AddRawAsync(capacity: 4096);
        await using var _ = peer;
        // Each frame asks for one that is as long or longer.
        long sent = 0;
        var number = 1u;
        using var stop = new CancellationTokenSource();
        var sending = Task.Run(async () =>
        {
            while (true)
            {
                var frames = Enumerable.Range(0, 100).SelectMany(_ => binds
                    ? RawPeer.Frame(Operation.Bind, (number += 2) - 2, 3, (byte)'x')
                    : RawPeer.Frame(Operation.KeepAlive, 0, RawPeer.KeepAlive()));
                await peer.Transport.WriteAsync(peer.Seal([.. frames]), stop.Token);
                Interlocked.Add(ref sent, 100);
            }
        });
        var reason = await neighbour.Link.Completion.Soon();
        Waiting.Tells(reason, PnetError.TimedOut, "nothing was heard for 4 s");
        await Assert.ThrowsAnyAsync<IOException>(() => sending.Soon());
        await stop.CancelAsync();
        // At least an answer of 16 bytes for each: they must have been paused long before 4 MiB.
        Assert.InRange(Interlocked.Read(ref sent), 100, 60_000);
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_peer_that_falls_silent_is_given_up_after_the_time_set()
    {
        await using var subject = await Subject.StartAsync(configureLinks: o => o with { KeepAlive = TimeSpan.FromSeconds(2) });
        var (peer, neighbour) = await subject.AddRawAsync();
        await using var _ = peer;
        var asked = 0;
        var reading = Task.Run(async () =>
        {
            while ((await peer.ReceiveAnyAsync()).Header.Operation == Operation.KeepAlive)
                asked++;
        });
        Waiting.Tells(await neighbour.Link.Completion.Soon(), PnetError.TimedOut, "nothing was heard for 2 s");
        await Assert.ThrowsAsync<EndOfStreamException>(() => reading.Soon());
        Assert.True(asked > 1, "it was asked before it was given up");
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_peer_that_only_answers_is_kept()
    {
        await using var subject = await Subject.StartAsync(configureLinks: o => o with { KeepAlive = TimeSpan.FromSeconds(8) });
        var (peer, neighbour) = await subject.AddRawAsync();
        await using var _ = peer;
        // Asked four times in each period: three periods.
        for (var asked = 0; asked < 12;)
        {
            var (header, payload) = await peer.ReceiveAnyAsync();
            if (header.Operation != Operation.KeepAlive || payload[0] != 0)
                continue;
            asked++;
            await peer.SendAsync(Operation.KeepAlive, 0, [1, .. payload[1..]]);
        }
        Assert.False(neighbour.Link.Completion.IsCompleted);
        await Waiting.UntilAsync(() => neighbour.Link.RoundTrip is not null, "a round trip was measured");
        await neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task The_reason_of_a_goodbye_reaches_the_other_end()
    {
        await using var subject = await Subject.StartAsync();
        var (peer, neighbour) = await subject.AddRawAsync();
        await using (peer)
        {
            await peer.SendAsync(Operation.Goodbye, 0, RawPeer.ReasonBytes(new Reason(ReasonCode.LimitReached, "too many\nlinks")));
            Waiting.Tells(await neighbour.Link.Completion.Soon(), PnetError.LimitReached, "closed by the other node: too many links");
        }
        (peer, neighbour) = await subject.AddRawAsync();
        await using (peer)
        {
            var closing = neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "maintenance"));
            Assert.Equal(new Reason(ReasonCode.Closed, "maintenance"), await peer.ReceiveGoodbyeAsync());
            await closing.Soon();
        }
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_goodbye_instead_of_a_first_record_refuses_the_link()
    {
        await using var subject = await Subject.StartAsync();
        var (far, attaching) = subject.Attach(new AttachOptions { Outbound = true });
        await using var peer = await RawPeer.ConnectAsync(far);
        await peer.SendAsync(Operation.Goodbye, 0, RawPeer.ReasonBytes(new Reason(ReasonCode.Refused, "not today")));
        await attaching.FailsAsync(PnetError.Refused, "closed by the other node: not today");
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task Closing_does_not_wait_for_a_peer_that_takes_nothing()
    {
        await using var subject = await Subject.StartAsync();
        var (peer, neighbour) = await subject.AddRawAsync(capacity: 16);
        await using var _ = peer;
        await neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task Both_ends_may_close_at_once()
    {
        for (var i = 0; i < 50; i++)
        {
            await using var subject = await Subject.StartAsync();
            var other = subject.CreateRouter();
            var neighbour = await subject.AddNeighbourAsync(other);
            var there = Assert.Single(other.Neighbours.All);
            var closing = Task.WhenAll(
                Task.Run(() => neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "here"))),
                Task.Run(() => there.Link.CloseAsync(new Reason(ReasonCode.Closed, "there"))));
            await closing.Soon();
            Assert.All(await Task.WhenAll(neighbour.Link.Completion, there.Link.Completion), r => Assert.Equal(PnetError.Closed, r.Error));
            await subject.CarriesOnAsync();
        }
    }

    [Fact]
    public async Task A_transport_that_is_cut_ends_the_link_and_its_channels_with_the_reason()
    {
        await using var subject = await Subject.StartAsync();
        var (near, far) = MemoryTransport.CreatePair();
        var other = subject.CreateRouter();
        var there = other.AttachAsync(far, new AttachOptions());
        var neighbour = await subject.Router.AttachAsync(near, new AttachOptions()).Soon();
        await there.Soon();
        var channel = await neighbour.OpenAsync(FrameAddress.OfService("hold"), default).Soon();
        var reading = channel.ReadAsync(new byte[1]).Soon();
        near.Abort();
        Waiting.Tells(await neighbour.Link.Completion.Soon(), PnetError.Closed, "the transport failed", "the connection was cut");
        await reading.FailsAsync(PnetError.Closed, $"the link to {other.Self} ended", "the connection was cut");
        await channel.WriteAsync(new byte[1]).AsTask().FailsAsync(PnetError.Closed, "ended");
        Assert.Equal(PnetError.Closed, Assert.Throws<PnetException>(() => neighbour.Channels.Open(FrameAddress.OfService("hold"))).Error);
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task Keys_are_renewed_in_both_directions()
    {
        await using var subject = await Subject.StartAsync();
        var (peer, neighbour) = await subject.AddRawAsync();
        await using var _ = peer;
        // One question and one answer in a record each, beyond the first renewal of both keys.
        for (var i = 1L; peer.Received < Wire.RecordsPerKey + 10; i++)
        {
            await peer.SendAsync(Operation.KeepAlive, 0, [0, .. BitConverter.GetBytes(i)]);
            byte[] payload;
            do
                payload = (await peer.ReceiveAnyAsync()).Payload;
            while (payload[0] == 0 || BitConverter.ToInt64(payload, 1) != i);
        }
        Assert.False(neighbour.Link.Completion.IsCompleted);
        await neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_key_that_is_not_renewed_ends_the_link()
    {
        await using var subject = await Subject.StartAsync();
        using var key = NodeKey.Generate();
        var (near, far) = MemoryTransport.CreatePair(1 << 20);
        var attaching = subject.Router.AttachAsync(near, new AttachOptions());
        var handshake = await Handshake.RunAsync(far, new LinkOptions { Key = key }, default).Soon();
        var record = new byte[2 + 16 + 16];
        (record[0], record[1]) = (0, 32);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i <= Wire.RecordsPerKey; i++)
            {
                RawPeer.Frame(Operation.KeepAlive, 0, RawPeer.KeepAlive(answer: true)).CopyTo(record, 2);
                handshake.Send.Encrypt([], record.AsSpan(2, 16), record.AsSpan(2));
                await far.WriteAsync(record);
            }
        });
        var neighbour = await attaching.Soon();
        Waiting.Tells(await neighbour.Link.Completion.Soon(), PnetError.Protocol, "changed on its way");
        await sending.Soon();
        await far.DisposeAsync();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task No_more_links_are_made_than_may_be()
    {
        await using var subject = await Subject.StartAsync(o => o with { MaxLinks = 2 });
        var (peer, neighbour) = await subject.AddRawAsync();
        await using var _ = peer;
        var (near, far) = MemoryTransport.CreatePair();
        await subject.Router.AttachAsync(near, new AttachOptions()).FailsAsync(PnetError.LimitReached, "2 links");
        Assert.Equal(0, await far.ReadAsync(new byte[1]).Soon());
        await neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
        await subject.CarriesOnAsync();
        (peer, neighbour) = await subject.AddRawAsync();
        await using (peer)
            await neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
    }
}
