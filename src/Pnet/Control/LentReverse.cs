namespace Pnet.Control;

/// <summary>A reverse tunnel whose near ends this process opens for its node.</summary>
internal sealed class LentReverse(TunnelInfo tunnel, LentRequest request) : IAttachedTunnel
{
    public TunnelInfo Tunnel => tunnel;

    public Task<int?> Completion { get; } = EndAsync(request);

    public ValueTask DisposeAsync() => request.DisposeAsync();

    private static async Task<int?> EndAsync(LentRequest request)
    {
        await request.Completion.ConfigureAwait(false);
        return null;
    }
}
