using System.Collections.Concurrent;
using System.Diagnostics;
using Pnet.Frames;
using Pnet.Routing;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Control;

public sealed class WantedLinkTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _failures = new();
    private Subject _subject = null!;
    private Router _other = null!;
    private int _dialled;

    public async Task InitializeAsync()
    {
        _subject = await Subject.StartAsync();
        _other = _subject.CreateRouter();
    }

    public async Task DisposeAsync() => await _subject.DisposeAsync();

    [Fact]
    public async Task A_first_attempt_that_fails_is_told_and_not_repeated()
    {
        await using var link = Create(_ => throw new PnetException(PnetError.Unreachable, "nobody there", "Look."));
        var failure = await link.FirstLink.FailsAsync(PnetError.Unreachable, "wanted: nobody there");
        Assert.Equal("Look.", failure.Action);
        await Waiting.UntilAsync(() => link.State == WantedLinkState.Stopped, "it has stopped");
        Assert.Equal(1, _dialled);
    }

    [Fact]
    public async Task In_the_background_it_goes_on_until_it_is_up_with_longer_and_longer_pauses()
    {
        var times = new List<long>();
        await using var link = Create(async _ =>
        {
            times.Add(Stopwatch.GetTimestamp());
            return times.Count < 4 ? throw new IOException("not yet") : await DialAsync();
        }, background: true);
        var neighbour = await link.FirstLink.Soon();
        Assert.Equal((_other.Self, WantedLinkState.Up, null), (neighbour.Id, link.State, link.Error));
        var pauses = times.Zip(times.Skip(1), Stopwatch.GetElapsedTime).ToList();
        Assert.True(pauses[0] > TimeSpan.FromMilliseconds(200), pauses[0].ToString());
        Assert.True(pauses[1] > TimeSpan.FromMilliseconds(400), pauses[1].ToString());
        Assert.True(pauses[2] > TimeSpan.FromMilliseconds(800), pauses[2].ToString());
        Assert.Equal(["wanted: not yet", "wanted: not yet", "wanted: not yet"], _failures);
    }

    [Fact]
    public async Task A_link_that_is_lost_is_made_again()
    {
        await using var link = Create(_ => DialAsync());
        var first = await link.FirstLink.Soon();
        await first.Link.CloseAsync(new Reason(ReasonCode.Closed, "lost")).Soon();
        await Waiting.UntilAsync(() => link.State == WantedLinkState.Up && link.Neighbour is { } again && again != first, "it is up again");
        Assert.Equal(2, _dialled);
        Assert.Equal(_other.Self, link.LastNode!.Value.Id);
    }

    [Fact]
    public async Task A_link_that_is_not_to_be_made_again_is_not()
    {
        await using var link = Create(_ => DialAsync(), reconnect: false);
        await (await link.FirstLink.Soon()).Link.CloseAsync(new Reason(ReasonCode.Closed, "lost")).Soon();
        await Waiting.UntilAsync(() => link.State == WantedLinkState.Stopped, "it has stopped");
        Assert.Equal(1, _dialled);
    }

    [Fact]
    public async Task Stopping_says_goodbye_and_dials_no_more()
    {
        var link = Create(_ => DialAsync());
        var neighbour = await link.FirstLink.Soon();
        var there = Assert.Single(_other.Neighbours.All);
        await Task.WhenAll(link.DisposeAsync().AsTask(), link.DisposeAsync().AsTask()).Soon();
        Waiting.Tells(await neighbour.Link.Completion.Soon(), PnetError.Closed, "disconnected");
        Waiting.Tells(await there.Link.Completion.Soon(), PnetError.Closed, "closed by the other node: disconnected");
        Assert.Equal((WantedLinkState.Stopped, 1), (link.State, _dialled));
        await link.DisposeAsync().Soon();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stopping_ends_an_attempt_that_hangs(bool inHandshake)
    {
        var dialling = new TaskCompletionSource();
        var link = Create(async token =>
        {
            dialling.TrySetResult();
            if (inHandshake)
                return MemoryTransport.CreatePair().A;
            await Task.Delay(Timeout.Infinite, token);
            throw new InvalidOperationException();
        });
        await dialling.Task.Soon();
        await link.DisposeAsync().Soon();
        await link.FirstLink.FailsAsync(PnetError.Closed, "wanted: disconnected before the link was up");
    }

    [Fact]
    public async Task Stopping_ends_a_pause()
    {
        var link = Create(_ => throw new IOException("never"), background: true);
        await Waiting.UntilAsync(() => link.State == WantedLinkState.Reconnecting, "it waits for the next attempt");
        await link.DisposeAsync().Soon();
        Assert.Equal(WantedLinkState.Stopped, link.State);
        await link.FirstLink.FailsAsync(PnetError.Unreachable, "never");
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_given_up()
    {
        await using var link = Create(
            async token =>
            {
                await Task.Delay(Timeout.Infinite, token);
                throw new InvalidOperationException();
            },
            timeout: TimeSpan.FromMilliseconds(100));
        await link.FirstLink.FailsAsync(PnetError.TimedOut, "wanted: no answer within 0.1 s");
    }

    [Fact]
    public async Task Whatever_a_transport_throws_is_a_failed_attempt()
    {
        await using var link = Create(_ => throw new InvalidOperationException("out of order"));
        await link.FirstLink.FailsAsync(PnetError.Unreachable, "wanted: out of order");
        await using var wrong = Create(_ => throw new FormatException("no such form"));
        await wrong.FirstLink.FailsAsync(PnetError.Usage, "wanted: no such form");
    }

    private WantedLink Create(Func<CancellationToken, Task<ITransport>> dial, bool reconnect = true, bool background = false, TimeSpan? timeout = null)
    {
        var link = new WantedLink("wanted", new AttachOptions { Outbound = true, Timeout = timeout }, reconnect, background, _subject.Router,
            token =>
            {
                Interlocked.Increment(ref _dialled);
                return dial(token);
            },
            (_, e) => _failures.Enqueue(e.Message));
        link.Start();
        return link;
    }

    private Task<ITransport> DialAsync()
    {
        var (near, far) = MemoryTransport.CreatePair();
        _ = _other.AttachAsync(far, new AttachOptions());
        return Task.FromResult<ITransport>(near);
    }
}
