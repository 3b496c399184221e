using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>One node of a path.</summary>
public sealed record TraceHop
{
    /// <summary>Its place on the path, from 1.</summary>
    public required int Hop { get; init; }

    /// <summary>The path so far.</summary>
    public required string Address { get; init; }

    /// <summary>The node's id, once it is known.</summary>
    public NodeId? Id { get; init; }

    /// <summary>The name it gives itself.</summary>
    public string? Name { get; init; }

    /// <summary>What carries the link to it.</summary>
    public string? Transport { get; init; }

    /// <summary>The round trip to it.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>Why it did not answer; the trace ends here.</summary>
    public string? Error { get; init; }
}
