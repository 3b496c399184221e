namespace Pnet.Control;

/// <summary>How far a tunnel has got.</summary>
public enum TunnelState
{
    /// <summary>Bytes can flow.</summary>
    Open,

    /// <summary>Both directions ended in order.</summary>
    Ended,

    /// <summary>It was cut; see <see cref="TunnelInfo.Error"/>.</summary>
    Failed,
}
