using Pnet.Addressing;
using Pnet.Services;

namespace Pnet.Control;

/// <summary>A node that may use services and list peers.</summary>
public sealed record AccessEntry
{
    /// <summary>The node's public key; access can't be granted without.</summary>
    public NodeId? Id { get; init; }

    /// <summary>What it is called here, or <see langword="null"/>.</summary>
    public string? Name { get; init; }

    /// <summary>Where the entry comes from: <c>trust file</c>, <c>allow</c>, <c>pinned</c>. What is granted goes to the trust file, whatever this says.</summary>
    public string Source { get; init; } = "allow";

    /// <summary>A known node as a manager sees it.</summary>
    internal static AccessEntry Of(KnownNode known) => new()
    {
        Id = known.Id,
        Name = known.Name,
        Source = known.Source switch
        {
            AccessSource.TrustFile => "trust file",
            AccessSource.Pinned => "pinned",
            _ => "allow",
        },
    };
}
