using System.Management.Automation.Runspaces;

namespace PnetPS.Labs;

/// <summary>What <c>New-R2Lab</c> was asked for.</summary>
internal sealed record LabRequest
{
    /// <summary>The lab's name.</summary>
    public required string Name { get; init; }

    /// <summary>The recipe.</summary>
    public required R2Recipe Recipe { get; init; }

    /// <summary>The recipe's services as the cmdlet has read them.</summary>
    public required IReadOnlyDictionary<R2RecipeService, NearEnd> Ends { get; init; }

    /// <summary>What the nodes are to be kept apart by; <see langword="null"/> for nothing, or for what the lab that is there has.</summary>
    public R2LabIsolation? Isolation { get; init; }

    /// <summary>Makes the place where the nodes run.</summary>
    public required Func<LabFolder, LabSite> CreateSite { get; init; }

    /// <summary>The session it belongs to.</summary>
    public Runspace? Session { get; init; }

    /// <summary>How long it may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Is told what is being done, from any thread.</summary>
    public required Action<string> Report { get; init; }
}
