using Pnet.Control;
using Pnet.Tests.Links;
using Pnet.Tests.Services;
using Pnet.Transports;

namespace Pnet.Tests.Control;

/// <summary>What tests of standing tunnels share.</summary>
public abstract class TunnelTest : NodesTest
{
    /// <summary>Listens wherever there is room.</summary>
    private protected const string AnyPort = "tcp://127.0.0.1:0";

    /// <summary>Listens at an address that no other test has: who is there after its end is no other's listener.</summary>
    private protected string OwnAddress { get; } = $"tcp://127.{Random.Shared.Next(1, 255)}.{Random.Shared.Next(256)}.{Random.Shared.Next(1, 255)}:0";

    /// <summary>Connects to an endpoint as any program would.</summary>
    private protected static Task<ITransport> DialAsync(string? endpoint) => TransportRegistry.CreateDefault().DialAsync(endpoint!).AsTask().Soon();

    /// <summary>The only tunnel of a node.</summary>
    private protected static async Task<TunnelInfo> InfoAsync(Node node) => Assert.Single(await node.Control.GetTunnelsAsync());
}
