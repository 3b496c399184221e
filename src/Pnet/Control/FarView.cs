namespace Pnet.Control;

/// <summary>What a far node shows, asked of it over the link to it.</summary>
internal sealed class FarView(ControlClient client) : IFarView
{
    public Task<NodeInfo> GetNodeAsync(CancellationToken cancellationToken) => client.GetNodeAsync(cancellationToken);

    public Task<IReadOnlyList<PeerInfo>> GetPeersAsync(CancellationToken cancellationToken) => client.GetPeersAsync(cancellationToken);

    public Task<IReadOnlyList<ServiceInfo>> GetServicesAsync(CancellationToken cancellationToken) => client.GetServicesAsync(cancellationToken);
}
