namespace PnetPS.Graphs;

/// <summary>Whether a link of a picture can be used.</summary>
internal enum GraphLinkState
{
    /// <summary>The other end is authenticated, or a recipe asks for the link.</summary>
    Up,

    /// <summary>It is being opened, or lost and tried again.</summary>
    Down,

    /// <summary>It was cut on purpose.</summary>
    Suspended,
}
