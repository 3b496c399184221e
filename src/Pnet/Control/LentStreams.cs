using System.Threading.Channels;
using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>
/// A manager's request that stays open: whenever a channel or a connection needs what the manager lends, it is asked for one more
/// stream.
/// </summary>
internal sealed class LentStreams(ServedCall call, ManagerStreams streams)
{
    // A manager that doesn't read holds back those who ask; they give up by themselves.
    private const int MaxAsked = 64;

    private readonly Channel<ControlReply> _asked = System.Threading.Channels.Channel.CreateBounded<ControlReply>(
        new BoundedChannelOptions(MaxAsked) { SingleReader = true });

    /// <summary>Has the manager open a stream.</summary>
    /// <param name="description">What the manager calls what it lends.</param>
    /// <param name="caller">The node that it is for, where that matters.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Channels.Channel> OpenAsync(string description, NodeId? caller, CancellationToken cancellationToken)
    {
        try
        {
            return await streams.OpenAsync(
                call.Caller,
                description,
                (name, token) => _asked.Writer.WriteAsync(new ControlReply { Stream = name, Caller = caller }, token).AsTask(),
                cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new PnetException(PnetError.Closed, $"the manager that lent {description} has gone");
        }
    }

    /// <summary>Passes on what is asked for, until there is nothing more to be lent or the manager goes.</summary>
    public async Task RunAsync(Task until)
    {
        _ = until.ContinueWith(_ => _asked.Writer.TryComplete(), TaskScheduler.Default);
        try
        {
            await foreach (var ask in _asked.Reader.ReadAllAsync(call.Token).ConfigureAwait(false))
                await call.ReplyAsync(ask).ConfigureAwait(false);
        }
        finally
        {
            _asked.Writer.TryComplete();
        }
    }
}
