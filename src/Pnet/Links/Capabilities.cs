namespace Pnet.Links;

/// <summary>What a node can do for others; unknown bits are left alone.</summary>
[Flags]
public enum Capabilities : uint
{
    /// <summary>Nothing beyond the protocol itself.</summary>
    None = 0,

    /// <summary>It routes between other nodes.</summary>
    Relay = 1,
}
