namespace PnetPS.Labs;

/// <summary>A node of a recipe with all that was left open in it chosen.</summary>
internal sealed record LabNodePlan
{
    /// <summary>The lab's name.</summary>
    public required string Lab { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its key file.</summary>
    public required string KeyPath { get; init; }

    /// <summary>Where it accepts links, beside those of the lab.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>Who may use its services: ids, or <c>*</c>.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>Whether it routes between others.</summary>
    public bool Relay { get; init; } = true;

    /// <summary>How long a peer may be silent.</summary>
    public TimeSpan? KeepAlive { get; init; }
}
