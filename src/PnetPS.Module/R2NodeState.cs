namespace PnetPS;

/// <summary>Whether a node can be asked anything.</summary>
public enum R2NodeState
{
    /// <summary>It can.</summary>
    Running,

    /// <summary>It was stopped, or its daemon is gone.</summary>
    Stopped,
}
