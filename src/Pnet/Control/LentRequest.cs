using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Frames;

namespace Pnet.Control;

/// <summary>The manager's end of a request that stays open: opens each stream that the node asks for, and serves it.</summary>
internal sealed class LentRequest : IAsyncDisposable
{
    private readonly ControlCall _call;
    private readonly Func<FrameAddress, CancellationToken, Task<Channel>> _open;
    private readonly Func<NodeId?, Channel, CancellationToken, Task> _serve;
    private readonly ServingStreams _serving;

    /// <summary>Begins to read what the node asks for.</summary>
    /// <param name="call">The request, answered with its first item; it is owned from here on.</param>
    /// <param name="open">Opens a stream by its name.</param>
    /// <param name="serve">Serves one until its end, for a node.</param>
    /// <param name="serving">Those that are being served.</param>
    public LentRequest(
        ControlCall call, Func<FrameAddress, CancellationToken, Task<Channel>> open, Func<NodeId?, Channel, CancellationToken, Task> serve, ServingStreams serving)
    {
        (_call, _open, _serve, _serving) = (call, open, serve, serving);
        Completion = RunAsync();
    }

    /// <summary>Completes when the node needs nothing more; fails when it can't be asked any more, or the request is disposed.</summary>
    public Task Completion { get; }

    /// <summary>Ends the request; streams that are being served stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await _call.DisposeAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync()
    {
        var call = _call;
        await using (call.ConfigureAwait(false))
        {
            while (await call.NextAsync(CancellationToken.None).ConfigureAwait(false) is { Stream: { } name } asked)
                _serving.Add(ServeAsync(FrameAddress.OfService(name), asked.Caller));
        }
    }

    private async Task ServeAsync(FrameAddress name, NodeId? caller)
    {
        // What serves it may block.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Channel? stream = null;
        var reason = new Reason(ReasonCode.Closed, "closed");
        try
        {
            stream = await _open(name, CancellationToken.None).ConfigureAwait(false);
            await _serve(caller, stream, UntilCut(stream)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever it is: it reaches the node, and from there whoever waits at the other end.
            reason = Reason.From(e);
        }
        stream?.Reset(reason);
    }

    // The source is not disposed of: a stream that ends in order is never cut.
    private static CancellationToken UntilCut(Channel stream)
    {
        var cut = new CancellationTokenSource();
        _ = stream.Cut.ContinueWith(static (_, source) => ((CancellationTokenSource)source!).Cancel(), cut, TaskScheduler.Default);
        return cut.Token;
    }
}
