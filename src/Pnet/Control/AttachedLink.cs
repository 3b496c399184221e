using Pnet.Routing;

namespace Pnet.Control;

/// <summary>A link of this process's node over a transport that somebody in the process has.</summary>
internal sealed class AttachedLink(Neighbour neighbour, PeerInfo peer) : IAttachedLink
{
    public PeerInfo Peer => peer;

    public Task<string> Completion { get; } = ReasonAsync(neighbour);

    public ValueTask DisposeAsync() => neighbour.Link.DisposeAsync();

    private static async Task<string> ReasonAsync(Neighbour neighbour) => (await neighbour.Link.Completion.ConfigureAwait(false)).Message;
}
