using System.Buffers.Binary;
using Pnet.Control;
using Pnet.Frames;
using Pnet.Links;
using Pnet.Routing;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Links;

/// <summary>Records in the clear: between a manager and its node where no other process stands between them, and nowhere else.</summary>
public sealed class ClearRecordsTests : IAsyncLifetime
{
    private static readonly byte[] Words = "words that anybody can read"u8.ToArray();

    private readonly TemporaryDirectory _folder = new();
    private Subject _subject = null!;

    public async Task InitializeAsync() => _subject = await Subject.StartAsync();

    public async Task DisposeAsync()
    {
        await _subject.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_a_manager_and_its_node_say_is_in_the_clear_on_their_socket()
    {
        await using var tap = await TapAsync();
        await using var manager = await AttachAsync(tap, there: new AttachOptions { Manager = true });
        await EchoAsync(manager, Words);
        Assert.True(tap.FromA.AsSpan().IndexOf(Words) > 0);
        Assert.True(tap.FromB.AsSpan().IndexOf(Words) > 0);
    }

    [Fact]
    public async Task A_node_of_before_is_spoken_to_as_before()
    {
        await using var tap = await TapAsync();
        // It knows of no marks.
        await using var manager = await AttachAsync(tap, there: new AttachOptions());
        await EchoAsync(manager, Words);
        Assert.True(tap.FromA.AsSpan().IndexOf(Words) < 0 && tap.FromB.AsSpan().IndexOf(Words) < 0);
    }

    [Fact]
    public async Task Over_anything_but_a_socket_of_this_machine_records_are_sealed()
    {
        var (near, far) = MemoryTransport.CreatePair();
        var (a, b) = (new Protocol.RecordingTransport(near), new Protocol.RecordingTransport(far));
        var attaching = _subject.Router.AttachAsync(b, new AttachOptions { Manager = true });
        await using var manager = await ManagerLink.OverAsync(a, default).Soon();
        await attaching.Soon();
        await EchoAsync(manager, Words);
        Assert.DoesNotContain(a.Writes.Concat(b.Writes), write => write.AsSpan().IndexOf(Words) >= 0);
    }

    [Fact]
    public async Task A_node_speaks_to_itself_in_the_clear_and_has_no_path_to_fit_windows_to()
    {
        var (near, far) = MemoryTransport.CreatePair();
        var attaching = _subject.Router.AttachAsync(far, new AttachOptions { Manager = true });
        await using var manager = await ManagerLink.OverAsync(near, default).Soon();
        var node = await attaching.Soon();
        await EchoAsync(manager, Words);
        Assert.True(node.Link.IsClear);
        Assert.Null(node.Link.ShortestRoundTrip);
    }

    [Fact]
    public async Task Bytes_of_every_number_arrive_as_they_were_in_the_clear()
    {
        await using var tap = await TapAsync();
        await using var manager = await AttachAsync(tap, there: new AttachOptions { Manager = true });
        foreach (var length in (int[])[1, Wire.MaxPayload - 1, Wire.MaxPayload, Wire.MaxPayload + 1, Wire.MaxRecord, 3_000_001])
            await EchoAsync(manager, Transports.Bytes.Random(length));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_node_sends_in_the_clear_to_the_very_process_that_the_socket_leads_to_and_to_no_other(bool tells, bool true_)
    {
        var (near, far) = await SocketsAsync();
        var attaching = _subject.Router.AttachAsync(far, new AttachOptions { Manager = true });
        var mark = true_ ? LocalProcess.Mark : new byte[LocalProcess.MarkSize];
        await using var peer = await RawPeer.ConnectAsync(near, hello: new Hello("raw", Capabilities.None, []) { Process = tells ? mark : null });
        await peer.SendAsync(Operation.KeepAlive, 0, RawPeer.KeepAlive());
        await attaching.Soon();
        var (question, _) = await peer.ReceiveAnyAsync();
        var (next, _) = await peer.ReceiveAnyAsync();
        Assert.Equal(Operation.KeepAlive, question.Operation);
        Assert.Equal(tells && true_ ? Operation.Clear : Operation.KeepAlive, next.Operation);
    }

    [Fact]
    public async Task Each_direction_is_clear_by_itself_from_the_record_after_the_frame_that_says_so()
    {
        var (peer, neighbour) = await _subject.AddRawAsync(manager: true);
        await using var _ = peer;
        // Sealed and clear records in one write.
        await peer.SendBytesAsync([
            .. peer.Seal([.. RawPeer.Frame(Operation.Clear, 0), .. RawPeer.Frame(Operation.Bind, 1, RawPeer.Address(FrameAddress.OfService("echo")))]),
            .. Clear(RawPeer.Frame(Operation.RouteTo, 1, 7)),
            .. Clear([.. RawPeer.Frame(Operation.RouteTo, 1, 8), .. RawPeer.Frame(Operation.End, 1)]),
        ]);
        var echoed = new List<byte>();
        for (Operation operation = default; operation != Operation.End;)
        {
            // No mark was told: what comes back is sealed.
            var (header, payload) = await peer.ReceiveAnyAsync();
            operation = header.Operation;
            if (operation == Operation.RoutedFrom)
                echoed.AddRange(payload);
        }
        Assert.Equal([7, 8], echoed);
        Assert.False(neighbour.Link.Completion.IsCompleted);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0 }, "a record of 0 bytes")]
    [InlineData(new byte[] { 0, 3, 2, 0, 0 }, "too few for a frame")]
    [InlineData(new byte[] { 0, 8, 2, 0, 0, 0, 1, 0, 5, 1 }, "runs past the end of its record")]
    public async Task Nonsense_in_the_clear_ends_the_link_with_a_reason(byte[] bytes, string words)
    {
        var (peer, neighbour) = await _subject.AddRawAsync(manager: true);
        await using var _ = peer;
        await peer.SendBytesAsync([.. peer.Seal(RawPeer.Frame(Operation.Clear, 0)), .. bytes]);
        Waiting.Tells(await neighbour.Link.Completion.Soon(), PnetError.Protocol, words);
        await _subject.CarriesOnAsync();
    }

    [Fact]
    public async Task A_clear_with_a_payload_ends_a_manager_s_link()
    {
        var (peer, neighbour) = await _subject.AddRawAsync(manager: true);
        await using var _ = peer;
        await peer.SendAsync(Operation.Clear, 0, 1);
        Waiting.Tells(await neighbour.Link.Completion.Soon(), PnetError.Protocol, "a Clear of 1 bytes");
    }

    private static byte[] Clear(byte[] frames)
    {
        var record = new byte[Wire.RecordHeaderSize + frames.Length];
        BinaryPrimitives.WriteUInt16BigEndian(record, (ushort)frames.Length);
        frames.CopyTo(record, Wire.RecordHeaderSize);
        return record;
    }

    private static async Task EchoAsync(ManagerLink manager, byte[] bytes)
    {
        await using var echo = await manager.OpenAsync(FrameAddress.OfService("echo"), default).Soon();
        var writing = echo.WriteAsync(bytes).Soon();
        Assert.Equal(bytes, await Transports.Bytes.ReadExactlyAsync(echo, bytes.Length));
        await writing;
    }

    private async Task<ManagerLink> AttachAsync(Tap tap, AttachOptions there)
    {
        var attaching = _subject.Router.AttachAsync(tap.B, there);
        var manager = await ManagerLink.OverAsync(tap.A, default).Soon();
        await attaching.Soon();
        return manager;
    }

    private async Task<Tap> TapAsync() => new(await SocketsAsync(), await SocketsAsync());

    private async Task<(ITransport Near, ITransport Far)> SocketsAsync()
    {
        var path = _folder.File(Guid.NewGuid().ToString("N"));
        await using var listener = await UnixListener.CreateAsync(path, null, default);
        var near = await UnixTransportProvider.DialPathAsync(path, default);
        return (near, await listener.AcceptAsync().Soon());
    }

    /// <summary>
    /// Two ends, and between them what listens in. It is of this process, as both ends are: the kernel finds no other one there.
    /// </summary>
    private sealed class Tap : IAsyncDisposable
    {
        private readonly MemoryStream _fromA = new();
        private readonly MemoryStream _fromB = new();
        private readonly Task _passing;

        public Tap((ITransport Near, ITransport Far) a, (ITransport Near, ITransport Far) b)
        {
            (A, B) = (a.Near, b.Far);
            _passing = Task.WhenAll(PassAsync(a.Far, b.Near, _fromA), PassAsync(b.Near, a.Far, _fromB));
        }

        public ITransport A { get; }

        public ITransport B { get; }

        public byte[] FromA => Copy(_fromA);

        public byte[] FromB => Copy(_fromB);

        public async ValueTask DisposeAsync()
        {
            await A.DisposeAsync();
            await B.DisposeAsync();
            await _passing.Soon();
        }

        private static byte[] Copy(MemoryStream stream)
        {
            lock (stream)
                return stream.ToArray();
        }

        private static async Task PassAsync(ITransport from, ITransport to, MemoryStream copy)
        {
            var buffer = new byte[64 * 1024];
            try
            {
                for (int read; (read = await from.ReadAsync(buffer)) > 0;)
                {
                    lock (copy)
                        copy.Write(buffer, 0, read);
                    await to.WriteAsync(buffer.AsMemory(0, read));
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // An end is closed with the link: the tests look at what came before.
            }
            await to.DisposeAsync();
        }
    }
}
