namespace Pnet.Control;

/// <summary>A service that the caller serves itself. Disposing ends the offer; channels that are open stay.</summary>
public interface IAttachedService : IAsyncDisposable
{
    /// <summary>The service as it was when it was offered.</summary>
    ServiceInfo Service { get; }

    /// <summary>Completes when it is no longer offered, whoever ended that; fails when the node can't be asked any more.</summary>
    Task Completion { get; }
}
