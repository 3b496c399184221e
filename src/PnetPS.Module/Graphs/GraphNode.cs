namespace PnetPS.Graphs;

/// <summary>A node of a picture.</summary>
/// <param name="Key">What links name it by: its id, or a name of its own where it has none.</param>
internal sealed record GraphNode(string Key)
{
    /// <summary>The name it gives itself. It comes from far away and may be anything.</summary>
    public string? Name { get; init; }

    /// <summary>Its public key in Base58, where it is known.</summary>
    public string? Id { get; init; }

    /// <summary>How it is known.</summary>
    public GraphNodeState State { get; init; }

    /// <summary>The services it offers, as far as the asker may know.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>Where it accepts links.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>What else is to be said of it, such as why it told nothing.</summary>
    public string? Note { get; init; }
}
