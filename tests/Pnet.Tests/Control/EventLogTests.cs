using Pnet.Control;
using Pnet.Tests.Links;

namespace Pnet.Tests.Control;

public sealed class EventLogTests
{
    [Fact]
    public async Task Every_watcher_hears_of_what_happens_from_then_on()
    {
        var log = new EventLog();
        log.Publish("before", "nobody watches");
        await using var first = log.WatchAsync().GetAsyncEnumerator();
        await using var second = log.WatchAsync().GetAsyncEnumerator();
        var (one, two) = (first.MoveNextAsync().AsTask(), second.MoveNextAsync().AsTask());
        log.Publish("kind", "message", warning: true);
        Assert.True(await one.Soon() && await two.Soon());
        Assert.Equal(("kind", "message", true), (first.Current.Kind, first.Current.Message, first.Current.Warning));
        Assert.Equal(first.Current, second.Current);
    }

    [Fact]
    public async Task A_watcher_that_falls_behind_loses_the_oldest_and_is_told_how_many()
    {
        var log = new EventLog();
        await using var watcher = log.WatchAsync().GetAsyncEnumerator();
        var waiting = watcher.MoveNextAsync().AsTask();
        log.Publish("n", "first");
        Assert.True(await waiting.Soon());
        for (var i = 0; i < EventLog.WatcherCapacity + 10; i++)
            log.Publish("n", $"{i}");
        Assert.True(await watcher.MoveNextAsync().Soon());
        Assert.Equal(("events.lost", true), (watcher.Current.Kind, watcher.Current.Warning));
        Assert.StartsWith("10 events were dropped", watcher.Current.Message, StringComparison.Ordinal);
        for (var i = 10; i < EventLog.WatcherCapacity + 10; i++)
        {
            Assert.True(await watcher.MoveNextAsync().Soon());
            Assert.Equal($"{i}", watcher.Current.Message);
        }
        var next = watcher.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        log.Publish("n", "last");
        Assert.True(await next.Soon());
        Assert.Equal("last", watcher.Current.Message);
    }

    [Fact]
    public async Task A_watcher_that_is_cancelled_is_forgotten()
    {
        var log = new EventLog();
        using var cancel = new CancellationTokenSource();
        var watching = log.WatchAsync(cancel.Token).GetAsyncEnumerator(cancel.Token);
        var waiting = watching.MoveNextAsync().AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        log.Publish("n", "nobody hears this");
    }
}
