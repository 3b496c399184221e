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
        Assert.Equal(0, log.Watchers);
    }

    [Fact]
    public void A_group_that_talks_too_much_forgets_its_own_events_first()
    {
        var log = new EventLog();
        log.Publish("link.up", "the oldest");
        for (var i = 0; i < 3 * EventLog.Kept; i++)
            log.Publish(i % 2 == 0 ? "block.verbose" : "block.progress", $"{i}");
        log.Publish("link.down", "the newest");
        var kept = log.Read(new EventQuery());
        Assert.Equal(EventLog.Kept, kept.Count);
        Assert.Equal(("the oldest", "the newest"), (kept[0].Message, kept[^1].Message));
        Assert.Equal($"{(3 * EventLog.Kept) - 1}", kept[^2].Message);
    }

    [Fact]
    public void The_last_events_are_kept_and_the_oldest_forgotten()
    {
        var log = new EventLog();
        for (var i = 0; i < EventLog.Kept + 3; i++)
            log.Publish("n", $"{i}");
        var kept = log.Read(new EventQuery());
        Assert.Equal(EventLog.Kept, kept.Count);
        Assert.Equal(("3", $"{EventLog.Kept + 2}"), (kept[0].Message, kept[^1].Message));
    }

    [Fact]
    public void A_query_picks_by_number_time_kind_and_warning()
    {
        var log = new EventLog();
        log.Publish("link.up", "1");
        log.Publish("link.down", "2", warning: true);
        log.Publish("listener.open", "3");
        log.Publish("link.up", "4");
        Assert.Equal(["3", "4"], Read(new EventQuery { Newest = 2 }));
        Assert.Equal([], Read(EventQuery.Nothing));
        Assert.Equal(["1", "2", "4"], Read(new EventQuery { Kinds = ["link.*"] }));
        Assert.Equal(["4"], Read(new EventQuery { Kinds = ["LINK.up", "none"], Newest = 1 }));
        Assert.Equal(["1", "3", "4"], Read(new EventQuery { Kinds = ["*.up", "*.ope?"] }));
        Assert.Equal(["2"], Read(new EventQuery { Warning = true }));
        Assert.Equal([], Read(new EventQuery { After = log.Read(new EventQuery())[^1].Time }));
        Assert.Equal(4, Read(new EventQuery { After = DateTimeOffset.MinValue }).Count);
        var failure = Assert.Throws<PnetException>(() => log.Read(new EventQuery { Newest = -1 }));
        Waiting.Tells(failure, PnetError.Usage, "-1");

        List<string> Read(EventQuery query) => [.. log.Read(query).Select(happened => happened.Message)];
    }

    [Fact]
    public async Task A_watch_can_begin_with_what_was_kept_and_misses_nothing_between()
    {
        var log = new EventLog();
        for (var i = 0; i < 10; i++)
            log.Publish("n", $"{i}");
        await using var watcher = log.WatchAsync(new EventQuery { Newest = 2 }).GetAsyncEnumerator();
        foreach (var expected in (string[])["8", "9"])
        {
            Assert.True(await watcher.MoveNextAsync().Soon());
            Assert.Equal(expected, watcher.Current.Message);
        }
        log.Publish("n", "10");
        Assert.True(await watcher.MoveNextAsync().Soon());
        Assert.Equal("10", watcher.Current.Message);
    }

    [Fact]
    public async Task A_completed_log_ends_every_watch_after_what_was_published()
    {
        var log = new EventLog();
        await using var watcher = log.WatchAsync().GetAsyncEnumerator();
        var first = watcher.MoveNextAsync().AsTask();
        log.Publish("n", "first");
        log.Publish("n", "last");
        log.Complete();
        Assert.True(await first.Soon());
        Assert.True(await watcher.MoveNextAsync().Soon());
        Assert.Equal("last", watcher.Current.Message);
        Assert.False(await watcher.MoveNextAsync().Soon());
        await using var late = log.WatchAsync(new EventQuery { Newest = 1 }).GetAsyncEnumerator();
        Assert.True(await late.MoveNextAsync().Soon());
        Assert.Equal("last", late.Current.Message);
        Assert.False(await late.MoveNextAsync().Soon());
    }

    [Fact]
    public void A_message_that_is_too_long_is_cut_off()
    {
        var log = new EventLog();
        log.Publish("n", new string('x', EventLog.MaxMessage));
        log.Publish("n", new string('x', EventLog.MaxMessage + 1));
        var kept = log.Read(new EventQuery());
        Assert.Equal(new string('x', EventLog.MaxMessage), kept[0].Message);
        Assert.Equal(new string('x', EventLog.MaxMessage - 1) + "…", kept[1].Message);
    }
}
