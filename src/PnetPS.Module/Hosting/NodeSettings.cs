namespace PnetPS.Hosting;

/// <summary>What <c>Start-R2Node</c> was asked for, with paths in full.</summary>
internal sealed record NodeSettings
{
    public string? Name { get; init; }

    /// <summary>The lab it belongs to, if any.</summary>
    public string? Lab { get; init; }

    public string? KeyPath { get; init; }

    public string? NetworkKeyPath { get; init; }

    public string? SocketPath { get; init; }

    public IReadOnlyList<string> Listen { get; init; } = [];

    public IReadOnlyList<string> Allow { get; init; } = [];

    public bool Relay { get; init; } = true;

    /// <summary>Whether it takes messages that are objects.</summary>
    public bool AcceptObjects { get; init; }

    /// <summary>How long a peer may be silent; <see langword="null"/> for the default.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>The command line that serves the tunnel service, or <see langword="null"/>.</summary>
    public string? TunnelProcess { get; init; }
}
