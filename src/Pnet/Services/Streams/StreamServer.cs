using Pnet.Addressing;
using Pnet.Transports;

namespace Pnet.Services.Streams;

/// <summary>Serves a channel with a function from a stream to a stream.</summary>
public static class StreamServer
{
    /// <summary>Serves a channel until the function has ended.</summary>
    /// <param name="transport">The channel; it stays its owner's.</param>
    /// <param name="caller">Who uses it.</param>
    /// <param name="function">The function. Input that it leaves is dropped.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">The caller has gone.</exception>
    public static async Task ServeAsync(ITransport transport, NodeId caller, StreamFunction function, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(function);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var over = new CancellationTokenSource();
        // A function that neither reads nor writes just then is told that its caller has gone as well.
        var watching = transport is ICuttableTransport cuttable ? StopWhenCutAsync(cuttable, stop, over.Token) : Task.CompletedTask;
        try
        {
            // It may block, and this may be the thread that polls.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            var input = new TransportStream(transport, FileAccess.Read, leaveOpen: true);
            var output = new TransportStream(transport, FileAccess.Write, leaveOpen: true);
            await function(caller, input, output, stop.Token).ConfigureAwait(false);
            // With a status, so that whoever still sends knows that nobody reads.
            await transport.EndAsync(0, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            // Whatever the function has registered with its token: how it ended is what counts.
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task StopWhenCutAsync(ICuttableTransport transport, CancellationTokenSource stop, CancellationToken over)
    {
        await ((Task)transport.Cut).WaitAsync(over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!over.IsCancellationRequested)
            await stop.CancelAsync().ConfigureAwait(false);
    }
}
