using Pnet.Routing;

namespace Pnet.Control;

/// <summary>A link of this process's node over a transport that somebody in the process has.</summary>
internal sealed class AttachedLink(Neighbour neighbour, PeerInfo peer) : IAttachedLink
{
    public PeerInfo Peer => peer;

    public Task<string> Completion { get; } = ReasonAsync(neighbour);

    public ValueTask DisposeAsync() => neighbour.Link.DisposeAsync();

    // Whoever hears of the end finds the link gone: a way that is looked for then must not lead over it.
    private static async Task<string> ReasonAsync(Neighbour neighbour)
    {
        var reason = await neighbour.Link.Completion.ConfigureAwait(false);
        await neighbour.Removal.ConfigureAwait(false);
        return reason.Message;
    }
}
