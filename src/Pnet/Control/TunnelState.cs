namespace Pnet.Control;

/// <summary>How far a tunnel has got.</summary>
public enum TunnelState
{
    /// <summary>Bytes can flow.</summary>
    Open,

    /// <summary>Both directions ended in order, or a tunnel of many connections was removed.</summary>
    Ended,

    /// <summary>It was cut; see <see cref="TunnelInfo.Error"/>.</summary>
    Failed,

    /// <summary>Connections are accepted at its near end.</summary>
    Listening,

    /// <summary>It waits for the next connection at its far service.</summary>
    Waiting,

    /// <summary>Its far service can't be reached, for the reason in <see cref="TunnelInfo.Error"/>, and is tried again.</summary>
    Retrying,
}
