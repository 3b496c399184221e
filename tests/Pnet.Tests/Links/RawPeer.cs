using System.Buffers.Binary;
using Pnet.Addressing;
using Pnet.Crypto;
using Pnet.Frames;
using Pnet.Links;
using Pnet.Transports;

namespace Pnet.Tests.Links;

/// <summary>
/// The other end of a link, by hand: it makes an honest handshake and can then send any frame, any record and any bytes.
/// It counts records and renews keys by itself, as docs/protocol.md says.
/// </summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly NodeKey _key;
    private readonly HandshakeResult _handshake;
    private readonly Queue<(FrameHeader Header, byte[] Payload)> _frames = new();
    private int _sent;

    private RawPeer(ITransport transport, NodeKey key, HandshakeResult handshake)
    {
        Transport = transport;
        _key = key;
        _handshake = handshake;
    }

    public ITransport Transport { get; }

    public NodeId Id => _key.Id;

    public NodeId RemoteId => _handshake.RemoteId;

    public bool Initiator => _handshake.Initiator;

    /// <summary>Records received.</summary>
    public int Received { get; private set; }

    /// <summary>Makes the handshake.</summary>
    /// <param name="transport">Its end of a pair.</param>
    /// <param name="initiator">Whether it speaks first.</param>
    /// <param name="networkKey">The network key, which stays the caller's.</param>
    /// <param name="expected">The key that the other end must prove.</param>
    /// <param name="hello">What it says of itself.</param>
    public static async Task<RawPeer> ConnectAsync(ITransport transport, bool initiator = true, NetworkKey? networkKey = null, NodeId? expected = null, Hello? hello = null)
    {
        var key = NodeKey.Generate();
        var options = new LinkOptions { Key = key, NetworkKey = networkKey, ExpectedId = expected, Hello = hello ?? new Hello("raw", Capabilities.None, []) };
        return new RawPeer(transport, key, await Handshake.RunAsync(transport, options, new Handshake.Step(), LeadingPreamble(initiator, networkKey is not null), null, default).Soon());
    }

    /// <summary>A preamble that makes its end the initiator for sure, or the other one.</summary>
    public static Preamble LeadingPreamble(bool initiator, bool networkKey = false)
    {
        var tie = new byte[16];
        tie.AsSpan().Fill(initiator ? (byte)0xFF : (byte)0);
        return Preamble.Create(networkKey, tie);
    }

    public static byte[] Frame(Operation operation, uint number, params byte[] payload)
    {
        var frame = new byte[Wire.FrameHeaderSize + payload.Length];
        new FrameHeader(operation, number, payload.Length).Write(frame);
        payload.CopyTo(frame, Wire.FrameHeaderSize);
        return frame;
    }

    public static byte[] Address(FrameAddress address)
    {
        var bytes = new byte[FrameAddress.MaxSize];
        return bytes[..address.Write(bytes)];
    }

    public static byte[] ReasonBytes(Reason reason)
    {
        var bytes = new byte[Reason.MaxSize];
        return bytes[..reason.Write(bytes)];
    }

    public static byte[] Credit(uint bytes)
    {
        var payload = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(payload, bytes);
        return payload;
    }

    public static byte[] KeepAlive(bool answer = false) => [answer ? (byte)1 : (byte)0, .. new byte[8]];

    /// <summary>Encrypts a record as the next one.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plaintext)
    {
        var record = new byte[Wire.RecordHeaderSize + plaintext.Length + Wire.TagSize];
        BinaryPrimitives.WriteUInt16BigEndian(record, (ushort)(plaintext.Length + Wire.TagSize));
        _handshake.Send.Encrypt([], plaintext, record.AsSpan(Wire.RecordHeaderSize));
        if (++_sent == Wire.RecordsPerKey)
        {
            _handshake.Send.Rekey();
            _sent = 0;
        }
        return record;
    }

    public Task SendBytesAsync(params byte[] bytes) => Transport.WriteAsync(bytes).Soon();

    public Task SendRecordAsync(params byte[][] frames) => SendBytesAsync(Seal(frames.SelectMany(f => f).ToArray()));

    public Task SendAsync(Operation operation, uint number, params byte[] payload) => SendRecordAsync(Frame(operation, number, payload));

    public Task BindAsync(uint number, FrameAddress address) => SendAsync(Operation.Bind, number, Address(address));

    /// <summary>The next frame that isn't a keep-alive; those that ask are answered.</summary>
    public async Task<(FrameHeader Header, byte[] Payload)> ReceiveAsync()
    {
        while (true)
        {
            var (header, payload) = await ReceiveAnyAsync();
            if (header.Operation != Operation.KeepAlive)
                return (header, payload);
            if (payload[0] == 0)
                await SendAsync(Operation.KeepAlive, 0, [1, .. payload[1..]]);
        }
    }

    /// <summary>The next frame.</summary>
    public async Task<(FrameHeader Header, byte[] Payload)> ReceiveAnyAsync()
    {
        while (_frames.Count == 0)
            await ReceiveRecordAsync();
        return _frames.Dequeue();
    }

    /// <summary>The reason of the goodbye that comes next but for other frames.</summary>
    public async Task<Reason> ReceiveGoodbyeAsync()
    {
        while (true)
        {
            var (header, payload) = await ReceiveAnyAsync();
            if (header.Operation == Operation.Goodbye)
                return Reason.Read(payload);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Transport.DisposeAsync();
        _handshake.Send.Dispose();
        _handshake.Receive.Dispose();
        _key.Dispose();
    }

    private async Task ReceiveRecordAsync()
    {
        var length = await Transports.Bytes.ReadExactlyAsync(Transport, Wire.RecordHeaderSize);
        var record = await Transports.Bytes.ReadExactlyAsync(Transport, BinaryPrimitives.ReadUInt16BigEndian(length));
        Assert.True(_handshake.Receive.TryDecrypt([], record, record), $"record {Received} can't be opened");
        if (++Received % Wire.RecordsPerKey == 0)
            _handshake.Receive.Rekey();
        var frames = new FrameReader(record.AsSpan(0, record.Length - Wire.TagSize));
        while (frames.MoveNext())
            _frames.Enqueue((frames.Header, frames.Payload.ToArray()));
    }
}
