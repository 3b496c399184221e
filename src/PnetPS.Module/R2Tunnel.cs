using Pnet.Control;

namespace PnetPS;

/// <summary>A tunnel, as it was when it was asked for.</summary>
public sealed class R2Tunnel
{
    private readonly TunnelInfo _info;

    internal R2Tunnel(R2Node node, TunnelInfo info)
    {
        Node = node;
        _info = info;
    }

    /// <summary>The tunnel's number at its node.</summary>
    public int Id => _info.Id;

    /// <summary>The node it was opened through.</summary>
    public R2Node Node { get; }

    /// <summary>The far service.</summary>
    public string Address => _info.Address;

    /// <summary>The near end: a command line, a URI, a script block, a stream, or where it listens.</summary>
    public string Transport => Node.Explain(_info.Transport);

    /// <summary>How the near end comes about.</summary>
    public TunnelKind Kind => _info.Kind;

    /// <summary>Where a listening tunnel listens, with the real port where 0 was asked for; otherwise <see langword="null"/>.</summary>
    public string? Listen => Kind == TunnelKind.Listening ? _info.Transport : null;

    /// <summary>How far it has got.</summary>
    public TunnelState State => _info.State;

    /// <summary>When it was opened, local time.</summary>
    public DateTime StartedAt => _info.StartedAt.LocalDateTime;

    /// <summary>The number of connections that it carries now.</summary>
    public int Active => _info.Active;

    /// <summary>The number of connections that it has carried, those included.</summary>
    public long Connections => _info.Connections;

    /// <summary>Bytes that went to the far end.</summary>
    public long BytesSent => _info.BytesSent;

    /// <summary>Bytes that came from the far end.</summary>
    public long BytesReceived => _info.BytesReceived;

    /// <summary>The far program's exit status, once it is known.</summary>
    public int? ExitStatus => _info.ExitStatus;

    /// <summary>Why it was cut, or why its far service is being tried again.</summary>
    public string? Error => _info.Error is { } why ? Node.Explain(why) : null;

    /// <summary>The number and the address.</summary>
    public override string ToString() => $"{Id} {Address}";
}
