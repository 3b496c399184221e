namespace Pnet.Services.Streams;

/// <summary>How long services of several nodes may take.</summary>
public sealed record StreamOptions
{
    /// <summary>No limits.</summary>
    public static StreamOptions Default { get; } = new();

    /// <summary>How long each may take in all, the time that the input takes included. Without it there is no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// How long one may take no input while there is some for it, and so hold up the others; it is cut then, and they go on. Without
    /// it they wait as long as it takes.
    /// </summary>
    public TimeSpan? Stall { get; init; }
}
