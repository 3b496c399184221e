namespace Pnet.Control;

/// <summary>What a far node shows of itself.</summary>
internal interface IFarView
{
    Task<NodeInfo> GetNodeAsync(CancellationToken cancellationToken);

    Task<IReadOnlyList<PeerInfo>> GetPeersAsync(CancellationToken cancellationToken);

    Task<IReadOnlyList<ServiceInfo>> GetServicesAsync(CancellationToken cancellationToken);
}
