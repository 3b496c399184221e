namespace Pnet.Control;

/// <summary>What a ticket is to be good for.</summary>
public sealed record TicketRequest
{
    /// <summary>Where the node can be reached; its listeners where there is nothing.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>Whether it makes the first node that uses it known, and is worth nothing after that.</summary>
    public bool OneTime { get; init; }

    /// <summary>How long it is good; <see langword="null"/> for as long as the node runs.</summary>
    public TimeSpan? ExpiresIn { get; init; }

    /// <summary>What the node that uses a one-time ticket is called here from then on.</summary>
    public string? Name { get; init; }
}
