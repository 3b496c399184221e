namespace Pnet.Control;

/// <summary>A tunnel whose near end is the caller's own transport.</summary>
public interface IAttachedTunnel : IAsyncDisposable
{
    /// <summary>The tunnel as it was when the far end accepted it.</summary>
    TunnelInfo Tunnel { get; }

    /// <summary>Completes when both directions have ended, with the far program's exit status where it has one; fails when the tunnel was cut.</summary>
    Task<int?> Completion { get; }
}
