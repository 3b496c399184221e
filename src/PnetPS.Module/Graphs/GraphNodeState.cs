namespace PnetPS.Graphs;

/// <summary>How a node of a picture is known.</summary>
internal enum GraphNodeState
{
    /// <summary>Others told of it; it was not asked.</summary>
    Seen,

    /// <summary>It was asked and told of itself, or a recipe describes it.</summary>
    Asked,

    /// <summary>It was asked and refused, or did not answer.</summary>
    Silent,

    /// <summary>It does not run.</summary>
    Stopped,
}
