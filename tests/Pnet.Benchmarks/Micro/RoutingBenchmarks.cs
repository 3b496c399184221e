using BenchmarkDotNet.Attributes;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Crypto;
using Pnet.Transports;

namespace Pnet.Benchmarks.Micro;

/// <summary>
/// Three nodes in this process, A-B-C over TCP. A message goes from A through the router B to an echo at C and back, so that
/// each operation is two frames through B, and more for credit now and then. What all three allocate together is counted.
/// </summary>
public class RoutingBenchmarks
{
    private const int Messages = 10_000;
    private const string Echo = "echo";
    private readonly List<Node> _nodes = [];
    private ITransport? _channel;
    private byte[] _message = [];

    /// <summary>Bytes in a message.</summary>
    [Params(64, 16 * 1024)]
    public int Size { get; set; }

    /// <summary>Starts and links the nodes.</summary>
    [GlobalSetup]
    public void Start() => StartAsync().GetAwaiter().GetResult(); // The toolchain awaits benchmarks only.

    /// <summary>Sends a message to the far node and waits until it is back.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public async Task RoundTrip()
    {
        for (int i = 0; i < Messages; i++)
        {
            await _channel!.WriteAsync(_message).ConfigureAwait(false);
            for (int got = 0; got < _message.Length;)
                got += await _channel.ReadAsync(_message.AsMemory(got)).ConfigureAwait(false);
        }
    }

    /// <summary>Stops the nodes.</summary>
    [GlobalCleanup]
    public void Stop() => StopAsync().GetAwaiter().GetResult();

    private async Task StartAsync()
    {
        foreach (string name in (string[])["a", "b", "c"])
        {
            var node = await Node.StartAsync(new NodeOptions { Key = NodeKey.Generate(), Name = name, Allow = ["*"], Listen = ["tcp://127.0.0.1:0"] }).ConfigureAwait(false);
            if (_nodes is [.., var last])
            {
                var listeners = await last.Control.GetListenersAsync().ConfigureAwait(false);
                await node.Control.ConnectAsync(new ConnectRequest { Transport = listeners[0].Endpoint }).ConfigureAwait(false);
            }

            _nodes.Add(node);
        }

        _nodes[2].AddService(Echo, Echo, ["*"], (_, stream, token) => EchoAsync(stream, token));
        _channel = await _nodes[0].Control.OpenAsync(AddressPath.Parse($"b/{_nodes[2].Id}/service:{Echo}")).ConfigureAwait(false);
        _message = new byte[Size];
    }

    private async Task StopAsync()
    {
        await _channel!.DisposeAsync().ConfigureAwait(false);
        foreach (var node in _nodes)
            await node.DisposeAsync().ConfigureAwait(false);
        _nodes.Clear();
    }

    private static async Task EchoAsync(ITransport stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
            await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
    }
}
