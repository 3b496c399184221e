using Pnet.Addressing;
using Pnet.Control;

namespace PnetPS;

/// <summary>A service that a node offers, as it was when it was asked for.</summary>
public sealed class R2Service
{
    private readonly ServiceInfo _info;

    internal R2Service(R2Node node, ServiceInfo info, AddressPath? target = null)
    {
        Node = node;
        _info = info;
        Target = target is null || target.Depth == 0 ? null : target.ToString();
        Address = (target ?? AddressPath.Self).WithService(info.Name).ToString();
    }

    /// <summary>The service's name.</summary>
    public string Name => _info.Name;

    /// <summary>What is opened for each channel: a command line, a URI, a script block; or where it listens. A far node doesn't tell.</summary>
    public string? Transport => _info.Transport is { } transport ? Node.Explain(transport) : null;

    /// <summary>Whether it listens: a reverse tunnel to it waits for a connection there, and takes it.</summary>
    public bool Listens => _info.Listen;

    /// <summary>Where it listens, with the real port where 0 was asked for; <see langword="null"/> where it doesn't, or is a far node's.</summary>
    public string? Listen => Listens ? Transport : null;

    /// <summary>Who may use it beside the nodes that are known: ids, or <c>*</c> for anyone; a far node doesn't tell.</summary>
    public string[] Allow => [.. _info.Allow];

    /// <summary>The number of channels open to it.</summary>
    public int Active => _info.Active;

    /// <summary>The number of channels opened since it was offered.</summary>
    public long Total => _info.Total;

    /// <summary>The service's address as seen from <see cref="Node"/>, as <c>New-R2Tunnel</c> takes it.</summary>
    public string Address { get; }

    /// <summary>The node that was asked.</summary>
    public R2Node Node { get; }

    /// <summary>The far node that offers it, as a path from <see cref="Node"/>; <see langword="null"/> where that is <see cref="Node"/> itself.</summary>
    public string? Target { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
