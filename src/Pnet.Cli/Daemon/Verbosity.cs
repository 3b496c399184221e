namespace Pnet.Cli.Daemon;

/// <summary>How much a daemon tells of.</summary>
internal enum Verbosity
{
    /// <summary>Links, and whatever somebody should look at.</summary>
    Normal,

    /// <summary>Nothing but its own failure.</summary>
    Quiet,

    /// <summary>All events.</summary>
    Verbose,
}
