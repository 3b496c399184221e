using Pnet.Channels;
using Pnet.Links;

namespace Pnet.Routing;

/// <summary>How a node links and routes, and its limits.</summary>
public sealed record RouterOptions
{
    /// <summary>What every link is made with.</summary>
    public required LinkOptions Link { get; init; }

    /// <summary>Limits of each link's channels.</summary>
    public ChannelOptions Channels { get; init; } = new();

    /// <summary>Whether to route between other nodes. A ping comes back either way.</summary>
    public bool Relay { get; init; } = true;

    /// <summary>Links at a time, those in their handshake included. The default is 4,096.</summary>
    public int MaxLinks { get; init; } = 4096;

    /// <summary>Handshakes under way at a time on links that others open. The default is 256.</summary>
    public int MaxHandshakes { get; init; } = 256;

    /// <summary>Handshakes a second on links that others open. The default is 1,000.</summary>
    public int MaxHandshakesPerSecond { get; init; } = 1000;

    /// <summary>Bytes that all channels together may hold. The default is 1 GiB.</summary>
    public long MaxBuffered { get; init; } = 1L << 30;

    /// <summary>Bytes that services may hold for the calls of all nodes together, beside what is on the channels. The default is 256 MiB.</summary>
    public long MaxHeld { get; init; } = 256L << 20;

    /// <summary>Bytes of those that one node may make them hold, over however many links. The default is 64 MiB.</summary>
    public long MaxHeldPerNode { get; init; } = 64L << 20;

    /// <summary>How long a link that was made for a path stays when nothing uses it. The default is 60 seconds.</summary>
    public TimeSpan OnDemandIdle { get; init; } = TimeSpan.FromSeconds(60);
}
