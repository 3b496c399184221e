using Pnet.Crypto;
using Pnet.Frames;
using Pnet.Links;
using Pnet.Transports;

namespace Pnet.Tests.Protocol;

/// <summary>One end of a link whose random parts are given.</summary>
internal sealed class WorkedEnd : IAsyncDisposable
{
    private readonly RecordingTransport _transport;
    private readonly NodeKey _key;
    private readonly byte[] _ephemeral;
    private readonly Preamble _preamble;
    private readonly LinkOptions _options;
    private HandshakeResult? _result;
    private RecordWriter? _writer;
    private RecordReader? _reader;
    private Task _writing = Task.CompletedTask;

    /// <summary>Makes it.</summary>
    /// <param name="hello">What it says of itself.</param>
    /// <param name="first">The first of the 32 rising bytes of its private key; those of the ephemeral one follow.</param>
    /// <param name="tie">Each of the 16 bytes that decide who leads.</param>
    /// <param name="networkKey">The network's key.</param>
    /// <param name="transport">What carries the link.</param>
    public WorkedEnd(Hello hello, byte first, byte tie, NetworkKey? networkKey, ITransport transport)
    {
        Name = hello.Name!;
        Private = Rising(first);
        _ephemeral = Rising((byte)(first + 0x20));
        _key = NodeKey.FromBytes(Private);
        _transport = new RecordingTransport(transport);
        _preamble = Preamble.Create(networkKey is not null, Enumerable.Repeat(tie, 16).ToArray());
        _options = new LinkOptions { Key = _key, NetworkKey = networkKey, Hello = hello };
    }

    public string Name { get; }

    public byte[] Private { get; }

    public ReadOnlySpan<byte> Ephemeral => _ephemeral;

    public NodeKey Key => _key;

    public Hello Hello => _options.Hello;

    /// <summary>The preamble and the handshake messages it sent.</summary>
    public IReadOnlyList<byte[]> Sent => _transport.Writes;

    public HandshakeResult Result => _result!;

    public async Task ShakeHandsAsync(CancellationToken cancellationToken)
    {
        // The handshake disposes of the ephemeral key.
        _result = await Handshake.RunAsync(_transport, _options, new Handshake.Step(), _preamble, NodeKey.FromBytes(_ephemeral), cancellationToken);
        _writer = new RecordWriter(_transport, _result.Send);
        _reader = new RecordReader(_transport, _result.Receive);
        _writing = _writer.RunAsync(cancellationToken);
    }

    /// <summary>Whether what it sends is in the clear by now.</summary>
    public bool IsClear { get; private set; }

    /// <summary>Sends frames in one record, and returns the record with its length.</summary>
    public byte[] Send(IEnumerable<WorkedFrame> frames)
    {
        var before = _transport.Writes.Count;
        foreach (var frame in frames)
        {
            if (frame.Operation == Operation.Clear)
                _writer!.AppendClear();
            else
                _writer!.AppendControl(frame.Header, frame.Payload);
            IsClear |= frame.Operation == Operation.Clear;
        }
        _writer!.Flush();
        return Assert.Single(_transport.Writes.Skip(before));
    }

    /// <summary>Reads one record, with the code that reads them on a link.</summary>
    public async Task<List<WorkedFrame>> ReceiveAsync(CancellationToken cancellationToken)
    {
        var frames = new FrameList();
        Assert.True(await _reader!.ReadAsync(frames, cancellationToken));
        if (frames.Frames.Exists(frame => frame.Operation == Operation.Clear))
            _reader.Clear();
        return frames.Frames;
    }

    public async ValueTask DisposeAsync()
    {
        _writer?.Close();
        await _writing;
        _reader?.Release();
        _result?.Send.Dispose();
        _result?.Receive.Dispose();
        _key.Dispose();
        await _transport.DisposeAsync();
    }

    private static byte[] Rising(byte first) => [.. Enumerable.Range(first, 32).Select(i => (byte)i)];

    private sealed class FrameList : IFrameHandler
    {
        public List<WorkedFrame> Frames { get; } = [];

        public void OnFrame(FrameHeader header, ReadOnlySpan<byte> payload) => Frames.Add(new WorkedFrame(header.Operation, header.Number, payload.ToArray(), ""));

        public void OnBatchEnd()
        {
        }

        public void OnClosed(PnetException reason)
        {
        }
    }
}
