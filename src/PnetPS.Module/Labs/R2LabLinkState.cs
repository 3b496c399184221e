namespace PnetPS;

/// <summary>Whether a link of a lab can be used.</summary>
public enum R2LabLinkState
{
    /// <summary>It can.</summary>
    Up,

    /// <summary>It was cut by <c>Suspend-R2LabLink</c>.</summary>
    Suspended,

    /// <summary>It is lost, or one of its nodes is; <c>New-R2Lab</c> brings it back.</summary>
    Down,
}
