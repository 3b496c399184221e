using System.Text;
using Pnet.Addressing;
using Pnet.Crypto;
using Pnet.Links;
using Pnet.Transports;

namespace Pnet.Tests.Protocol;

/// <summary>The worked links of docs/protocol.md: real ends, fixed keys, and a transcript in hexadecimal digits.</summary>
internal sealed class WorkedLink : IAsyncDisposable
{
    private readonly StringBuilder _text = new();
    private readonly NetworkKey? _networkKey;
    private readonly WorkedEnd _alice;
    private readonly WorkedEnd _bob;

    /// <summary>Makes two ends.</summary>
    /// <param name="networkKey">The network's key.</param>
    /// <param name="marked">Whether alice is bob's manager, and each tells the mark of its process.</param>
    public WorkedLink(NetworkKey? networkKey = null, bool marked = false)
    {
        _networkKey = networkKey;
        var (a, b) = MemoryTransport.CreatePair();
        // Both ends are made alike, and neither is told to lead: the larger tie-breaker does that.
        _alice = new WorkedEnd(new Hello("alice", Capabilities.None, []) { Process = Mark(0xA1) }, first: 0x00, tie: 0xAA, networkKey, a);
        _bob = new WorkedEnd(new Hello("bob", Capabilities.Relay, ["tcp://192.0.2.2:47210"]) { Process = Mark(0xB1) }, first: 0x80, tie: 0x55, networkKey, b);

        byte[]? Mark(byte value) => marked ? [.. Enumerable.Repeat(value, LocalProcess.MarkSize)] : null;
    }

    /// <summary>What happened so far.</summary>
    public string Text => _text.ToString().TrimEnd() + "\n";

    /// <summary>Runs the handshake and writes it down.</summary>
    public async Task ShakeHandsAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_alice.ShakeHandsAsync(cancellationToken), _bob.ShakeHandsAsync(cancellationToken));
        Assert.True(_alice.Result.Initiator);
        Assert.False(_bob.Result.Initiator);
        Assert.Equal(_bob.Key.Id, _alice.Result.RemoteId);
        Assert.Equal(_alice.Key.Id, _bob.Result.RemoteId);
        Assert.Equal(_bob.Hello.Name, _alice.Result.RemoteHello.Name);
        Assert.Equal(_bob.Hello.Endpoints, _alice.Result.RemoteHello.Endpoints);
        WriteKeys();
        Write("alice sends her preamble", _alice.Sent[0]);
        Write("bob sends his preamble", _bob.Sent[0]);
        Write("alice sends handshake message 1", _alice.Sent[1]);
        WriteHello(_bob);
        Write("bob sends handshake message 2", _bob.Sent[1]);
        WriteHello(_alice);
        Write("alice sends handshake message 3", _alice.Sent[2]);
    }

    public Task AliceSendsAsync(CancellationToken cancellationToken, params WorkedFrame[] frames) => SendAsync(_alice, _bob, frames, cancellationToken);

    public Task BobSendsAsync(CancellationToken cancellationToken, params WorkedFrame[] frames) => SendAsync(_bob, _alice, frames, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _alice.DisposeAsync();
        await _bob.DisposeAsync();
        _networkKey?.Dispose();
    }

    private async Task SendAsync(WorkedEnd from, WorkedEnd to, WorkedFrame[] frames, CancellationToken cancellationToken)
    {
        var seal = from.IsClear ? "in the clear" : "sealed";
        var record = from.Send(frames);
        // What is written down is what the other end understands.
        var read = await to.ReceiveAsync(cancellationToken);
        Assert.Equal(frames.Select(f => f.ToString()), read.Zip(frames, (r, f) => (r with { Meaning = f.Meaning }).ToString()));
        _text.Append($"{from.Name} sends a record that holds\n");
        foreach (var frame in frames)
            _text.Append(frame);
        Write($"  {seal}, after its length", record);
    }

    private void WriteKeys()
    {
        foreach (var end in new[] { _alice, _bob })
        {
            WriteField($"{end.Name}'s private key", end.Private);
            WriteField("  public key", end.Key.Id);
            WriteField("  ephemeral private key", end.Ephemeral);
        }
        if (_networkKey is not null)
        {
            var bytes = new byte[NetworkKey.Size];
            _networkKey.Export(bytes);
            WriteField("network key", bytes);
        }
        _text.Append('\n');
    }

    private void WriteHello(WorkedEnd end)
    {
        var hello = new byte[Hello.MaxSize];
        Write($"{end.Name}'s hello", hello.AsSpan(0, end.Hello.Write(hello)));
    }

    private void WriteField(string what, NodeId id)
    {
        var bytes = new byte[NodeId.Size];
        id.CopyTo(bytes);
        WriteField(what, bytes);
        _text.Append($"{"",-25}{id}\n");
    }

    private void WriteField(string what, ReadOnlySpan<byte> bytes) => _text.Append($"{what,-25}{Convert.ToHexStringLower(bytes)}\n");

    private void Write(string what, ReadOnlySpan<byte> bytes)
    {
        _text.Append($"{what} ({bytes.Length} bytes)\n");
        for (var at = 0; at < bytes.Length; at += 32)
            _text.Append($"    {Convert.ToHexStringLower(bytes[at..Math.Min(at + 32, bytes.Length)])}\n");
        _text.Append('\n');
    }
}
