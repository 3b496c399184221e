using Pnet.Control;

namespace PnetPS;

/// <summary>A place where a node accepts links, as it was when it was asked for.</summary>
public sealed class R2Listener
{
    private readonly ListenerInfo _info;

    internal R2Listener(R2Node node, ListenerInfo info)
    {
        Node = node;
        _info = info;
    }

    /// <summary>Its URI, with the real port where 0 was asked for.</summary>
    public string Endpoint => _info.Endpoint;

    /// <summary>The number of transports accepted since it began.</summary>
    public long Accepted => _info.Accepted;

    /// <summary>The node that listens.</summary>
    public R2Node Node { get; }

    /// <summary>The endpoint.</summary>
    public override string ToString() => Endpoint;
}
