using Pnet.Channels;
using Pnet.Routing;
using Pnet.Services.Commands;

namespace Pnet.Services;

/// <summary>Something that a node offers at a virtual node of its own.</summary>
public abstract class Service : IAsyncDisposable
{
    private readonly TaskCompletionSource _withdrawn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _active;
    private long _total;

    /// <summary>Creates it.</summary>
    /// <param name="name">The name it is addressed by.</param>
    /// <param name="rule">Who may use it beside known nodes.</param>
    protected Service(string name, AccessRule rule)
    {
        Name = name;
        Rule = rule;
    }

    /// <summary>The name it is addressed by.</summary>
    public string Name { get; }

    /// <summary>Who may use it beside known nodes.</summary>
    public AccessRule Rule { get; }

    /// <summary>What stands behind it, for its owner to read.</summary>
    public abstract string Description { get; }

    /// <summary>Whether it is listed; the node's own are not.</summary>
    public virtual bool Listed => true;

    /// <summary>Whether its channels are accepted with connections that come to it, one for each.</summary>
    public virtual bool Listens => false;

    /// <summary>Completes when it is no longer offered.</summary>
    public Task Withdrawn => _withdrawn.Task;

    /// <summary>How it is used as a command, where it is one and that is known.</summary>
    public CommandInfo? Command { get; init; }

    /// <summary>Channels open to it now.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>Channels opened to it since it was offered.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>Serves one channel until its end, and counts it.</summary>
    internal async Task RunAsync(Neighbour caller, Channel channel, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _active);
        Interlocked.Increment(ref _total);
        try
        {
            await ServeAsync(caller, channel, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _active);
        }
    }

    /// <summary>Ends the offer; channels that are open stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        _withdrawn.TrySetResult();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what it holds beside the channels that are open, once it is no longer offered.</summary>
    protected virtual ValueTask CloseAsync() => default;

    /// <summary>Accepts the channel and serves it until its end. What it throws becomes the reason of the channel's reset.</summary>
    protected abstract Task ServeAsync(Neighbour caller, Channel channel, CancellationToken cancellationToken);
}
