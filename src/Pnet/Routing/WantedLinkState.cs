namespace Pnet.Routing;

/// <summary>How far a link that was asked for has got.</summary>
public enum WantedLinkState
{
    /// <summary>The transport is being opened, or the handshake is under way, for the first time.</summary>
    Connecting,

    /// <summary>The link is up.</summary>
    Up,

    /// <summary>It was lost, and is tried again.</summary>
    Reconnecting,

    /// <summary>It is not tried any more.</summary>
    Stopped,
}
