using Pnet.Control;
using Pnet.Frames;
using Pnet.Services.Tickets;
using Pnet.Tests.Links;
using Pnet.Tests.Services;

namespace Pnet.Tests.Control;

/// <summary>What others make happen again and again is told once, and then how often.</summary>
public sealed class EventFoldTests : NodesTest
{
    private readonly Clock _clock = new();
    private readonly EventLog _log;

    public EventFoldTests() => _log = new EventLog(_clock);

    private string[] Told => [.. _log.Read(new EventQuery()).Select(happened => happened.Message)];

    [Fact]
    public void The_same_again_is_counted_and_the_count_is_told_once_the_period_is_over()
    {
        for (var i = 0; i < 1000; i++)
            _log.Folding.Publish("k", "alice", "no");
        Assert.Equal(["no"], Told);
        _clock.Advance();
        Assert.Equal(["no", "no (repeated 999 times within 30 s)"], Told);
        // All begins anew, and nothing is told where nothing happened.
        _clock.Advance();
        _log.Folding.Publish("k", "alice", "no");
        _clock.Advance();
        Assert.Equal(["no", "no (repeated 999 times within 30 s)", "no"], Told);
        Assert.Equal(999, _log.Folding.Folded);
    }

    [Fact]
    public void Something_else_of_the_same_source_is_told_after_the_count_of_what_was_before()
    {
        foreach (var message in new[] { "a", "a", "a", "b", "b", "a" })
            _log.Folding.Publish("k", "alice", message);
        Assert.Equal(["a", "a (repeated 2 times within 30 s)", "b", "b (repeated once within 30 s)", "a"], Told);
    }

    [Fact]
    public void A_source_that_always_says_something_else_is_told_a_few_times_and_then_counted()
    {
        for (var i = 1; i <= 100; i++)
            _log.Folding.Publish("k", "alice", $"{i}");
        Assert.Equal(Enumerable.Range(1, EventFold.Burst).Select(i => $"{i}"), Told);
        _clock.Advance();
        Assert.Equal($"100 (the last of {100 - EventFold.Burst} more within 30 s)", Told[^1]);
        Assert.Equal(EventFold.Burst + 1, Told.Length);
    }

    [Fact]
    public void Kinds_and_sources_are_told_apart_up_to_a_number_and_none_is_lost_without_a_count()
    {
        const int Sources = 10_000;
        for (var i = 0; i < Sources; i++)
        {
            _log.Folding.Publish("one", $"{i}", $"{i} no");
            _log.Folding.Publish("other", $"{i}", $"{i} no");
        }
        Assert.Equal(2 * (EventFold.MaxSources + EventFold.Burst), Told.Length);
        _clock.Advance();
        Assert.Equal(2, Told.Count(message => message == $"{Sources - 1} no (the last of {Sources - EventFold.MaxSources - EventFold.Burst} more within 30 s)"));
        Assert.Equal(2 * (Sources - EventFold.MaxSources - EventFold.Burst), _log.Folding.Folded);
    }

    [Fact]
    public void What_is_counted_is_told_before_the_log_ends()
    {
        _log.Folding.Publish("k", "alice", "no");
        _log.Folding.Publish("k", "alice", "no");
        _log.Complete();
        Assert.Equal(["no", "no (repeated once within 30 s)"], Told);
        Assert.Equal(0, _clock.Timers);
    }

    [Theory]
    [InlineData("nothing", "channel.refused")]
    [InlineData(TicketService.ServiceName, "ticket.refused")]
    public async Task A_stranger_that_asks_a_thousand_times_is_in_the_log_a_few_times(string service, string kind)
    {
        var carol = await Nodes.StartAsync("carol");
        var (toCarol, mallory) = await Nodes.AddStrangerAsync(carol);
        for (var i = 0; i < 1000; i++)
        {
            await using var channel = toCarol.Channels.Open(FrameAddress.OfService(service));
            await channel.WriteAsync(new byte[16]);
            await channel.ReadAsync(new byte[1]).AsTask().FailsAsync(PnetError.Refused);
        }
        await Waiting.UntilAsync(() => carol.Control.GetMetricsAsync().Result["events.folded"] >= 900, "the rest is counted");
        var told = (await carol.Control.GetEventsAsync(new EventQuery())).Where(happened => happened.Kind == kind).ToList();
        Assert.InRange(told.Count, 1, 100);
        Assert.All(told, happened => Assert.Equal((mallory, true), (happened.Peer, happened.Warning)));
    }

    /// <summary>A clock with one timer, that goes on when it is told to.</summary>
    private sealed class Clock : TimeProvider
    {
        private TimerCallback? _due;
        private object? _state;

        public int Timers { get; private set; }

        public void Advance() => _due?.Invoke(_state);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Assert.Equal((TimeSpan.FromSeconds(EventFold.PeriodSeconds), Timeout.InfiniteTimeSpan), (dueTime, period));
            (_due, _state) = (callback, state);
            Timers++;
            return new Once(this);
        }

        private sealed class Once(Clock clock) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

            public void Dispose()
            {
                clock._due = null;
                clock.Timers--;
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return default;
            }
        }
    }
}
