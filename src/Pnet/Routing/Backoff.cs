namespace Pnet.Routing;

/// <summary>The pauses between attempts: each twice the one before, from a quarter of a second to half a minute.</summary>
internal sealed class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);

    private TimeSpan _next = First;

    /// <summary>What has held so long is no flapping.</summary>
    public static TimeSpan Stable { get; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest pause.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause before the next attempt.</summary>
    public TimeSpan Next()
    {
        // A fifth of chance, so that nodes that lost the same router do not come back all at once.
        var pause = _next * (0.9 + (0.2 * Random.Shared.NextDouble()));
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        return pause;
    }

    /// <summary>Begins anew where what an attempt came to has held; what breaks as soon as it is there is tried less and less often.</summary>
    /// <param name="held">How long it held.</param>
    public void Held(TimeSpan held)
    {
        if (held >= Stable)
            Reset();
    }

    /// <summary>Begins anew: an attempt came to something that lasts.</summary>
    public void Reset() => _next = First;
}
