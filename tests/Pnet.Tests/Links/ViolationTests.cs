using Pnet.Addressing;
using Pnet.Frames;
using Pnet.Transports;

namespace Pnet.Tests.Links;

/// <summary>Peers that are authenticated and then break the protocol, each in one way.</summary>
public sealed class ViolationTests
{
    private static readonly NodeId Somebody = new(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray());

    private static readonly Dictionary<string, (string Words, Func<RawPeer, Task> Do)> Cases = new()
    {
        ["a record of no bytes"] = ("a record of 0 bytes", p => p.SendBytesAsync(0, 0)),
        ["a record of a tag alone"] = ("a record of 16 bytes", p => p.SendBytesAsync([0, 16, .. new byte[16]])),
        ["a record changed on its way"] = ("changed on its way", p =>
        {
            var record = p.Seal(RawPeer.Frame(Operation.KeepAlive, 0, RawPeer.KeepAlive()));
            record[^20] ^= 1;
            return p.SendBytesAsync(record);
        }
        ),
        ["a record sent twice"] = ("out of order", p =>
        {
            var record = p.Seal(RawPeer.Frame(Operation.KeepAlive, 0, RawPeer.KeepAlive()));
            return p.SendBytesAsync([.. record, .. record]);
        }
        ),
        ["records in the wrong order"] = ("out of order", p =>
        {
            var first = p.Seal(RawPeer.Frame(Operation.KeepAlive, 0, RawPeer.KeepAlive()));
            return p.SendBytesAsync([.. p.Seal(RawPeer.Frame(Operation.KeepAlive, 0, RawPeer.KeepAlive())), .. first]);
        }
        ),
        ["a record cut short"] = ("ended within a record", async p =>
        {
            await p.SendBytesAsync(p.Seal(RawPeer.Frame(Operation.KeepAlive, 0, RawPeer.KeepAlive()))[..^1]);
            await p.Transport.EndAsync();
        }
        ),
        ["a length cut short"] = ("ended within a record", async p =>
        {
            await p.SendBytesAsync(0);
            await p.Transport.EndAsync();
        }
        ),
        ["operation 0"] = ("unknown operation 0", p => p.SendAsync(0, 1)),
        ["operation 11"] = ("unknown operation 11", p => p.SendAsync((Operation)11, 1)),
        ["a frame beyond its record"] = ("runs past the end of its record", p => p.SendRecordAsync([2, 0, 0, 0, 1, 0, 5, 1, 2, 3, 4])),
        ["a header beyond its record"] = ("too few for a frame", p => p.SendRecordAsync([2, 0, 0])),
        ["data for a number never bound"] = ("RouteTo for number 1, which was never bound", p => p.SendAsync(Operation.RouteTo, 1, 1)),
        ["data for a number the other end never bound"] = ("RoutedFrom for number 2, which was never bound", p => p.SendAsync(Operation.RoutedFrom, 2, 1)),
        ["data for number 0"] = ("number 0, which was never bound", p => p.SendAsync(Operation.RouteTo, 0, 1)),
        ["credit for a number never bound"] = ("Credit for number 7, which was never bound", p => p.SendAsync(Operation.Credit, 7, RawPeer.Credit(1))),
        ["an end for a number never bound"] = ("End for number 4, which was never bound", p => p.SendAsync(Operation.End, 4)),
        ["a reset for a number never bound"] = ("Reset for number 9, which was never bound", p => p.SendAsync(Operation.Reset, 9, 0)),
        ["a number of the other end's"] = ("number 2 bound", p => p.BindAsync(2, FrameAddress.OfService("hold"))),
        ["number 0 bound"] = ("number 0 bound", p => p.BindAsync(0, FrameAddress.OfService("hold"))),
        ["a number bound twice"] = ("number 1 bound where 3", async p =>
        {
            await p.BindAsync(1, FrameAddress.OfService("hold"));
            await p.BindAsync(1, FrameAddress.OfService("hold"));
        }
        ),
        ["numbers bound out of order"] = ("number 3 bound where 7", async p =>
        {
            await p.BindAsync(5, FrameAddress.OfService("hold"));
            await p.BindAsync(3, FrameAddress.OfService("hold"));
        }
        ),
        ["numbers bound beyond the last"] = ("number 1 bound", async p =>
        {
            await p.BindAsync(1, FrameAddress.OfService("hold"));
            await p.BindAsync(uint.MaxValue, FrameAddress.OfService("hold"));
            await p.BindAsync(1, FrameAddress.OfService("hold"));
        }
        ),
        ["an empty address"] = ("an empty address", p => p.SendAsync(Operation.Bind, 1)),
        ["an address of no known kind"] = ("an address of kind 9", p => p.SendAsync(Operation.Bind, 1, [9, .. new byte[32]])),
        ["half an id"] = ("an address of kind 1 and 31 bytes", p => p.SendAsync(Operation.Bind, 1, [1, .. new byte[31]])),
        ["a service name that is none"] = ("an address of kind 3", p => p.SendAsync(Operation.Bind, 1, [3, .. "a/b"u8])),
        ["data beyond the credit"] = ("bytes on a channel with credit for", async p =>
        {
            await p.BindAsync(1, FrameAddress.OfService("hold"));
            await p.SendAsync(Operation.RouteTo, 1, new byte[60_000]);
            await p.SendAsync(Operation.RouteTo, 1, new byte[Wire.InitialCredit - 60_000]);
            await p.SendAsync(Operation.RouteTo, 1, 1);
        }
        ),
        ["credit beyond 16 MiB at once"] = ("credit for 16777217 bytes", async p =>
        {
            await p.BindAsync(1, FrameAddress.OfService("hold"));
            await p.SendAsync(Operation.Credit, 1, RawPeer.Credit(Wire.MaxWindow - Wire.InitialCredit));
            await p.SendAsync(Operation.Credit, 1, RawPeer.Credit(1));
        }
        ),
        ["credit of all bits"] = ("credit for 4295032831 bytes", async p =>
        {
            await p.BindAsync(1, FrameAddress.OfService("hold"));
            await p.SendAsync(Operation.Credit, 1, RawPeer.Credit(uint.MaxValue));
        }
        ),
        ["credit of three bytes"] = ("credit of 3 bytes", async p =>
        {
            await p.BindAsync(1, FrameAddress.OfService("hold"));
            await p.SendAsync(Operation.Credit, 1, 0, 0, 1);
        }
        ),
        ["data after the end"] = ("data on a channel after its end", async p =>
        {
            await p.BindAsync(1, FrameAddress.OfService("hold"));
            await p.SendRecordAsync(RawPeer.Frame(Operation.End, 1), RawPeer.Frame(Operation.RouteTo, 1, 1));
        }
        ),
        ["two ends"] = ("a second end", async p =>
        {
            await p.BindAsync(1, FrameAddress.OfService("hold"));
            await p.SendAsync(Operation.End, 1);
            await p.SendAsync(Operation.End, 1);
        }
        ),
        ["an end of three bytes"] = ("an end of 3 bytes", async p =>
        {
            await p.BindAsync(1, FrameAddress.OfService("hold"));
            await p.SendAsync(Operation.End, 1, 0, 0, 1);
        }
        ),
        ["data in the wrong direction"] = ("RoutedFrom from the end that may not send it", async p =>
        {
            await p.BindAsync(1, FrameAddress.OfService("hold"));
            await p.SendAsync(Operation.RoutedFrom, 1, 1);
        }
        ),
        ["a reset without a reason"] = ("a reason of 0 bytes", async p =>
        {
            await p.BindAsync(1, FrameAddress.OfService("hold"));
            await p.SendAsync(Operation.Reset, 1);
        }
        ),
        ["a reset with too long a reason"] = ("a reason of 514 bytes", async p =>
        {
            await p.BindAsync(1, FrameAddress.OfService("hold"));
            await p.SendAsync(Operation.Reset, 1, new byte[Reason.MaxSize + 1]);
        }
        ),
        ["a goodbye with too long a reason"] = ("a reason of 60000 bytes", p => p.SendAsync(Operation.Goodbye, 0, new byte[60_000])),
        ["a keep-alive that is too short"] = ("a keep-alive of 8 bytes", p => p.SendAsync(Operation.KeepAlive, 0, new byte[8])),
        ["a keep-alive that is too long"] = ("a keep-alive of 10 bytes", p => p.SendAsync(Operation.KeepAlive, 0, new byte[10])),
        ["a keep-alive of no known kind"] = ("a keep-alive of 9 bytes", p => p.SendAsync(Operation.KeepAlive, 0, [2, .. new byte[8]])),
        ["a keep-alive with a number"] = ("a KeepAlive with number 1", p => p.SendAsync(Operation.KeepAlive, 1, RawPeer.KeepAlive())),
        ["a goodbye with a number"] = ("a Goodbye with number 1", p => p.SendAsync(Operation.Goodbye, 1, 1)),
        ["records in the clear on a node's link"] = ("in the clear, on a link that is no manager's", p => p.SendAsync(Operation.Clear, 0)),
        ["a clear with a number"] = ("a Clear with number 1", p => p.SendAsync(Operation.Clear, 1)),
        ["a frame after the goodbye"] = ("a frame after the goodbye", p =>
            p.SendRecordAsync(RawPeer.Frame(Operation.Goodbye, 0, 1), RawPeer.Frame(Operation.KeepAlive, 0, RawPeer.KeepAlive()))),
        ["a destination that is no node"] = ("an address of kind 2", p => p.SendAsync(Operation.Bind, 1, 2)),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_link_ends_with_the_reason_and_the_others_carry_on(string name)
    {
        var (words, breakProtocol) = Cases[name];
        await using var subject = await Subject.StartAsync();
        var (peer, neighbour) = await subject.AddRawAsync();
        await using var _ = peer;
        await breakProtocol(peer);
        Waiting.Tells(await neighbour.Link.Completion.Soon(), PnetError.Protocol, words);
        var goodbye = await peer.ReceiveGoodbyeAsync();
        Assert.Equal(ReasonCode.Protocol, goodbye.Code);
        Assert.Contains(words, goodbye.Text, StringComparison.Ordinal);
        // The transport is closed, and nothing is kept for the channels.
        Assert.Equal(0, await peer.Transport.ReadAsync(new byte[1]).Soon());
        await subject.CarriesOnAsync();
        await Waiting.UntilAsync(() => subject.Router.Buffered <= 4 * Wire.InitialCredit, "the budget is given back");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Honest_use_of_every_limit_is_no_violation(bool initiator)
    {
        await using var subject = await Subject.StartAsync();
        var (peer, neighbour) = await subject.AddRawAsync(initiator);
        await using var _ = peer;
        var first = initiator ? 1u : 2u;
        await peer.BindAsync(first, FrameAddress.OfService("hold"));
        await peer.SendAsync(Operation.Credit, first, RawPeer.Credit(Wire.MaxWindow - Wire.InitialCredit));
        await peer.SendAsync(Operation.RouteTo, first, new byte[Wire.MaxPayload]);
        await peer.SendAsync(Operation.RouteTo, first, new byte[Wire.InitialCredit - Wire.MaxPayload]);
        await peer.SendAsync(Operation.RouteTo, first);
        await peer.SendAsync(Operation.End, first, 0xFF, 0xFF, 0xFF, 0xFF);
        await peer.BindAsync(uint.MaxValue - (initiator ? 0u : 1u), FrameAddress.To(Somebody));
        await peer.SendAsync(Operation.KeepAlive, 0, RawPeer.KeepAlive(answer: true));
        while (await peer.ReceiveAsync() is var (header, payload))
        {
            if (header.Operation != Operation.Unreachable)
                continue;
            Assert.Contains($"no link to {Somebody}", Reason.Read(payload).Text, StringComparison.Ordinal);
            break;
        }
        var held = Assert.Single(subject.Held);
        var read = new byte[Wire.InitialCredit];
        await held.ReadExactlyAsync(read).Soon();
        Assert.Equal(0, await held.ReadAsync(read).Soon());
        Assert.Equal(-1, held.EndStatus);
        await neighbour.Link.CloseAsync(new Reason(ReasonCode.Closed, "done")).Soon();
        await subject.CarriesOnAsync();
    }

    [Fact]
    public async Task Whatever_an_authenticated_peer_sends_ends_its_own_link_at_most()
    {
        await using var subject = await Subject.StartAsync();
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            var (peer, neighbour) = await subject.AddRawAsync(random.Next(2) == 0);
            await using (peer)
            {
                try
                {
                    for (var i = 0; i < 40 && !neighbour.Link.Completion.IsCompleted; i++)
                        await peer.SendRecordAsync(RandomRecord(random, peer));
                }
                catch (IOException)
                {
                    // The link has ended already.
                }
            }
            var reason = await neighbour.Link.Completion.Soon();
            Assert.DoesNotContain("internal", reason.Message, StringComparison.Ordinal);
            Assert.Contains(reason.Error, new[] { PnetError.Protocol, PnetError.Closed });
        }
        await subject.CarriesOnAsync();
        await Waiting.UntilAsync(() => subject.Router.Buffered <= 4 * Wire.InitialCredit, "the budget is given back");
    }

    private static byte[] RandomRecord(Random random, RawPeer peer)
    {
        var record = new List<byte>();
        for (var i = random.Next(1, 6); i > 0; i--)
            record.AddRange(RandomFrame(random, peer));
        // Mostly honest frames in a dishonest order; now and then broken ones.
        return random.Next(8) == 0 ? Frames.Broken.Mutate(random, [.. record]) : [.. record];
    }

    private static byte[] RandomFrame(Random random, RawPeer peer)
    {
        var number = (uint)random.Next(1, 12);
        var services = new[] { "hold", "echo", "none" };
        return random.Next(10) switch
        {
            0 or 1 => RawPeer.Frame(Operation.Bind, number, RawPeer.Address(FrameAddress.OfService(services[random.Next(3)]))),
            2 => RawPeer.Frame(Operation.Bind, number, RawPeer.Address(random.Next(4) switch
            {
                0 => FrameAddress.To(peer.Id),
                1 => FrameAddress.To(peer.RemoteId),
                2 => FrameAddress.From(peer.RemoteId),
                _ => FrameAddress.From(Somebody),
            })),
            3 => RawPeer.Frame(Operation.RouteTo, number, new byte[random.Next(3000)]),
            4 => RawPeer.Frame(Operation.RoutedFrom, number, new byte[random.Next(3000)]),
            5 => RawPeer.Frame(Operation.Credit, number, RawPeer.Credit((uint)random.Next(1 << 20))),
            6 => RawPeer.Frame(Operation.End, number, new byte[random.Next(2) * 4]),
            7 => RawPeer.Frame(Operation.Reset, number, [(byte)random.Next(12), .. "gone"u8]),
            8 => RawPeer.Frame(Operation.KeepAlive, 0, RawPeer.KeepAlive(random.Next(2) == 0)),
            _ => RawPeer.Frame(Operation.Unreachable, number, 3),
        };
    }
}
