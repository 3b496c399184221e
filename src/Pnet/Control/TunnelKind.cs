namespace Pnet.Control;

/// <summary>How a tunnel's near end comes about.</summary>
public enum TunnelKind
{
    /// <summary>It is opened once: the tunnel is one channel and ends with it.</summary>
    Joined,

    /// <summary>
    /// It is an endpoint to listen at: each connection that is accepted there opens a channel of its own (as <c>ssh -L</c>).
    /// </summary>
    Listening,

    /// <summary>
    /// It is opened anew for each connection that the far service, which listens, hands over (as <c>ssh -R</c>).
    /// </summary>
    Reverse,
}
