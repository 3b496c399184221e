namespace Pnet.Control;

/// <summary>A link over a transport that this process lends to its node.</summary>
internal sealed class LentLink(PeerInfo peer, LentTransport lent) : IAttachedLink
{
    public PeerInfo Peer => peer;

    public Task<string> Completion { get; } = ReasonAsync(lent);

    public ValueTask DisposeAsync() => lent.DisposeAsync();

    private static async Task<string> ReasonAsync(LentTransport lent)
    {
        try
        {
            return (await lent.EndAsync().ConfigureAwait(false)).Reason ?? "ended";
        }
        catch (PnetException e)
        {
            return e.Message;
        }
    }
}
