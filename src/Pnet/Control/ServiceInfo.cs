namespace Pnet.Control;

/// <summary>A service that a node offers.</summary>
public sealed record ServiceInfo
{
    /// <summary>The service's name.</summary>
    public required string Name { get; init; }

    /// <summary>What is opened for each channel, or where it listens; a far node is not told.</summary>
    public string? Transport { get; init; }

    /// <summary>Whether it listens: each channel to it waits for a connection, and takes it.</summary>
    public bool Listen { get; init; }

    /// <summary>Who may use it beside the nodes that are known; a far node is not told.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>Channels open to it now.</summary>
    public int Active { get; init; }

    /// <summary>Channels opened since it was offered.</summary>
    public long Total { get; init; }
}
