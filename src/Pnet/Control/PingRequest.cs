using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>What to ping, and how often.</summary>
public sealed record PingRequest
{
    /// <summary>The node.</summary>
    public required AddressPath Address { get; init; }

    /// <summary>How many messages; 0 means until cancelled. The default is 4.</summary>
    public int Count { get; init; } = 4;

    /// <summary>The time from one message to the next. The default is one second.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait for each to come back. The default is 5 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes in each message, 16 to 32,768. The default is 56.</summary>
    public int Size { get; init; } = 56;
}
