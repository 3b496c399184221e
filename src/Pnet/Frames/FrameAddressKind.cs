namespace Pnet.Frames;

/// <summary>Which way an address lies from the end that binds it.</summary>
public enum FrameAddressKind : byte
{
    /// <summary>A destination node: the other end is asked to route to it.</summary>
    ToNode = 1,

    /// <summary>A source node: the other end is told whom the bytes come from.</summary>
    FromNode = 2,

    /// <summary>A virtual node of the other end itself, by name.</summary>
    Service = 3,
}
