namespace Pnet.Control;

/// <summary>A link that runs over the caller's own transport.</summary>
public interface IAttachedLink : IAsyncDisposable
{
    /// <summary>The link as it was when the other node was authenticated.</summary>
    PeerInfo Peer { get; }

    /// <summary>Completes with the reason when the link has ended.</summary>
    Task<string> Completion { get; }
}
