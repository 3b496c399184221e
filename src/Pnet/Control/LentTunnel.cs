namespace Pnet.Control;

/// <summary>A tunnel whose near end this process lends to its node.</summary>
internal sealed class LentTunnel(TunnelInfo tunnel, LentTransport lent) : IAttachedTunnel
{
    public TunnelInfo Tunnel => tunnel;

    public Task<int?> Completion { get; } = StatusAsync(lent);

    public ValueTask DisposeAsync() => lent.DisposeAsync();

    private static async Task<int?> StatusAsync(LentTransport lent) => (await lent.EndAsync().ConfigureAwait(false)).Status;
}
