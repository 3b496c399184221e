namespace PnetPS;

/// <summary>How far a lab has got.</summary>
public enum R2LabState
{
    /// <summary>It is being built, or changed.</summary>
    Building,

    /// <summary>It is there.</summary>
    Running,

    /// <summary>It was removed.</summary>
    Removed,
}
