using Pnet.Addressing;
using Pnet.Routing;

namespace Pnet.Control;

/// <summary>What to ping, and how often.</summary>
public sealed record PingRequest
{
    /// <summary>The longest interval and the longest timeout: 7 days.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(7);

    /// <summary>The node.</summary>
    public required AddressPath Address { get; init; }

    /// <summary>How many messages; 0 means until cancelled. The default is 4.</summary>
    public int Count { get; init; } = 4;

    /// <summary>The time from one message to the next, 0 to 7 days. The default is one second.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait for each to come back, more than 0 and at most 7 days. The default is 5 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes in each message, 16 to 32,768. The default is 56.</summary>
    public int Size { get; init; } = 56;

    /// <summary>Fails where it is out of range.</summary>
    /// <exception cref="PnetException">It is.</exception>
    internal void Check()
    {
        if (Size is < PingExchange.MinSize or > PingExchange.MaxSize)
            throw new PnetException(PnetError.Usage, $"a ping of {Size} bytes", $"Use {PingExchange.MinSize} to {PingExchange.MaxSize} bytes.");
        if (Count < 0)
            throw new PnetException(PnetError.Usage, $"{Count} pings", "Use 1 or more, or 0 for any number.");
        if (Interval < TimeSpan.Zero || Interval > Longest)
            throw new PnetException(PnetError.Usage, $"a ping each {Interval}", $"Use 0 seconds to {Longest.TotalDays:0} days.");
        if (Timeout <= TimeSpan.Zero || Timeout > Longest)
            throw new PnetException(PnetError.Usage, $"a ping that is waited for {Timeout}", $"Use more than nothing, and at most {Longest.TotalDays:0} days.");
    }
}
