using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>A node that may use services and list peers.</summary>
public sealed record AccessEntry
{
    /// <summary>The node's public key, or <see langword="null"/> where a rule names it otherwise.</summary>
    public NodeId? Id { get; init; }

    /// <summary>What it is called here, or <c>*</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Where the entry comes from: <c>trust file</c>, <c>allow</c>, <c>pinned</c>.</summary>
    public string Source { get; init; } = "allow";
}
