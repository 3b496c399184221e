using System.Collections.Concurrent;

namespace Pnet.Control;

/// <summary>The streams that a manager is serving, so that its own end can wait for theirs.</summary>
internal sealed class ServingStreams : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Task, bool> _serving = new();

    /// <summary>Counts one in until it has ended.</summary>
    public void Add(Task serving)
    {
        _serving[serving] = true;
        _ = serving.ContinueWith(ended => _serving.TryRemove(ended, out _), TaskScheduler.Default);
    }

    /// <summary>Waits for the ends of all, once the streams are cut. What doesn't end for that is left behind.</summary>
    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_serving.Keys).WaitAsync(Bound).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
