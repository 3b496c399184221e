using Pnet.Crypto;

namespace Pnet.Cli.Daemon;

/// <summary>What the command line of <c>r2d</c> says.</summary>
internal sealed record DaemonSettings
{
    /// <summary>The control socket.</summary>
    public required string Socket { get; init; }

    /// <summary>The node's key file; it is made where there is none.</summary>
    public required string KeyPath { get; init; }

    /// <summary>Who may use services, kept beside the key.</summary>
    public required string TrustPath { get; init; }

    /// <summary>The name the node gives itself.</summary>
    public string? Name { get; init; }

    /// <summary>Where it accepts links.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>The network's shared key.</summary>
    public string? NetworkKeyPath { get; init; }

    /// <summary>Who may use its services beside known nodes.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>Whether it routes between other nodes.</summary>
    public bool Relay { get; init; } = true;

    /// <summary>Whether it takes messages that are PowerShell objects.</summary>
    public bool AcceptObjects { get; init; }

    /// <summary>The time without a sign of life after which a link is given up.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>What its tunnel process is.</summary>
    public string? TunnelProcess { get; init; }

    /// <summary>Whether it ends with whoever holds the other end of its standard input, however that one ends.</summary>
    public bool UntilEof { get; init; }

    /// <summary>What it tells of on standard error.</summary>
    public Verbosity Verbosity { get; init; }

    /// <summary>Where the trust file of a key is.</summary>
    public static string TrustPathFor(string? keyPath) =>
        keyPath is null ? Path.Combine(Path.GetDirectoryName(KeyFile.DefaultPath) ?? "", "trust") : keyPath + ".trust";
}
