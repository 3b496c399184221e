using Pnet.Crypto;
using Pnet.Routing;
using Pnet.Services;

namespace Pnet;

/// <summary>How a node is to be started.</summary>
public sealed record NodeOptions
{
    /// <summary>The node's key. The node owns it from <see cref="Node.StartAsync"/> on, also when that fails.</summary>
    public required NodeKey Key { get; init; }

    /// <summary>The name it gives itself; 1 to 63 letters, digits, <c>.</c>, <c>_</c>, <c>-</c>. The default is none.</summary>
    public string? Name { get; init; }

    /// <summary>The network's key: only its holders can link, and they are known. The default is none.</summary>
    public NetworkKey? NetworkKey { get; init; }

    /// <summary>Where managers in other processes connect; <see langword="null"/> for nowhere, which is the default.</summary>
    public string? SocketPath { get; init; }

    /// <summary>Endpoints to accept links at, such as <c>tcp://0.0.0.0:47210</c>.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>Nodes that are known beside those in the trust file: ids, or names from that file. <c>*</c> opens the services to anyone.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>Whether to route between other nodes. The default is <see langword="true"/>.</summary>
    public bool Relay { get; init; } = true;

    /// <summary>The command line or URI offered as the service <c>tunnel</c>. The default is none.</summary>
    public string? TunnelProcess { get; init; }

    /// <summary>The file of known nodes. The default is none: what is granted is then forgotten at the end.</summary>
    public string? TrustFile { get; init; }

    /// <summary>Whether messages are taken that are PowerShell objects (CLIXML). The default is <see langword="false"/>.</summary>
    public bool AcceptObjects { get; init; }

    /// <summary>How long a peer may be silent before its link is given up: 1 second to 1 hour. The default is 20 seconds.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a handshake may take. The default is 10 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The most links at a time. The default is 4,096.</summary>
    public int MaxLinks { get; init; } = 4096;

    /// <summary>The most channels at a time on one link. The default is 1,024.</summary>
    public int MaxChannelsPerLink { get; init; } = 1024;

    /// <summary>
    /// The most channels that the services offered here serve at a time for all other nodes, each of which may be a process or a runspace. The
    /// default is 4,096.
    /// </summary>
    public int MaxServed { get; init; } = ServiceTable.MaxServed;

    /// <summary>The most of those for one node, over all its links. The default is 1,024, as many as one link has.</summary>
    public int MaxServedPerNode { get; init; } = ServiceTable.MaxServedPerNode;

    /// <summary>How long a link that was made for a path stays when nothing uses it. The default is 60 seconds.</summary>
    public TimeSpan OnDemandIdle { get; init; } = TimeSpan.FromSeconds(60);

    internal RouterOptions ToRouterOptions() => new()
    {
        Link = new Links.LinkOptions { Key = Key, NetworkKey = NetworkKey, KeepAlive = KeepAlive, HandshakeTimeout = HandshakeTimeout },
        Channels = new Channels.ChannelOptions { MaxChannels = MaxChannelsPerLink },
        Relay = Relay,
        MaxLinks = MaxLinks,
        OnDemandIdle = OnDemandIdle,
    };
}
