using Pnet.Channels;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>The caller's transport, joined to the stream of a request for as long as that lasts.</summary>
internal sealed class LentTransport(ControlCall call, Channel stream, ITransport transport) : IAsyncDisposable
{
    public async Task<AttachedEnd> EndAsync()
    {
        try
        {
            var end = await call.ResultAsync(ControlJson.Default.AttachedEnd, CancellationToken.None).ConfigureAwait(false);
            // The answer may overtake the last bytes: they are still to reach the caller's transport, however slow its
            // reader is. Disposing cuts this short.
            await call.Splicing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // The node may have had all it wanted before that.
            return call.Splicing.Exception?.InnerException is SpliceException { InnerException: var cause } && SpliceException.IsFull(cause) ? throw cause! : end;
        }
        finally
        {
            await DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await call.DisposeAsync().ConfigureAwait(false);
        await stream.DisposeAsync().ConfigureAwait(false);
        await transport.DisposeAsync().ConfigureAwait(false);
    }
}
