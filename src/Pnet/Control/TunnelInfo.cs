namespace Pnet.Control;

/// <summary>A tunnel that was opened through a node.</summary>
public sealed record TunnelInfo
{
    /// <summary>The tunnel's number at the node, from 1, never used twice.</summary>
    public required int Id { get; init; }

    /// <summary>The far service.</summary>
    public required string Address { get; init; }

    /// <summary>
    /// The near end: a command line, a URI, or what the manager calls its transport; of a listening tunnel, the endpoint with the
    /// real port where 0 was asked for.
    /// </summary>
    public required string Transport { get; init; }

    /// <summary>How the near end comes about.</summary>
    public TunnelKind Kind { get; init; }

    /// <summary>How far it has got.</summary>
    public TunnelState State { get; init; }

    /// <summary>When it was opened.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Connections that it carries now.</summary>
    public int Active { get; init; }

    /// <summary>Connections that it has carried, those included.</summary>
    public long Connections { get; init; }

    /// <summary>Bytes that went to the far end.</summary>
    public long BytesSent { get; init; }

    /// <summary>Bytes that came from the far end.</summary>
    public long BytesReceived { get; init; }

    /// <summary>The far program's exit status, once it is known.</summary>
    public int? ExitStatus { get; init; }

    /// <summary>Why it was cut, or why its far service is being tried again.</summary>
    public string? Error { get; init; }
}
