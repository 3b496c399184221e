namespace PnetPS;

/// <summary>What the nodes of a lab are kept apart by.</summary>
public enum R2LabIsolation
{
    /// <summary>Nothing: they are nodes of this process.</summary>
    None,

    /// <summary>Each is a daemon in a process of its own.</summary>
    Process,

    /// <summary>Each is a daemon in a network namespace of its own (Linux, root): no node reaches another but by the lab's links.</summary>
    Namespace,
}
