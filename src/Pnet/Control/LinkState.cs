namespace Pnet.Control;

/// <summary>How far a link has got.</summary>
public enum LinkState
{
    /// <summary>The transport is being opened, or the handshake is under way.</summary>
    Connecting,

    /// <summary>The other node is authenticated.</summary>
    Up,

    /// <summary>The link was lost and is tried again after a pause.</summary>
    Reconnecting,

    /// <summary>The link has ended.</summary>
    Closed,
}
