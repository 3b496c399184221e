namespace PnetPS.Graphs;

/// <summary>A link of a picture; it has no direction.</summary>
/// <param name="From">The <see cref="GraphNode.Key"/> of one end.</param>
/// <param name="To">The <see cref="GraphNode.Key"/> of the other.</param>
internal sealed record GraphLink(string From, string To)
{
    /// <summary>Whether it can be used.</summary>
    public GraphLinkState State { get; init; }

    /// <summary>What carries it: a URI, a command line, a script block; <see langword="null"/> where nobody told.</summary>
    public string? Transport { get; init; }

    /// <summary>The last measured round trip.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>The <see cref="GraphNode.Key"/> of the router it goes through, for a link between far nodes.</summary>
    public string? Via { get; init; }

    /// <summary>Why it is down.</summary>
    public string? Note { get; init; }

    /// <summary>The kind of transport in a word or two: a URI's scheme, a command line's program.</summary>
    public string? Carrier => Via is not null ? "relayed" : TransportName.Of(Transport);
}
