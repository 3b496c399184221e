using System.Security.Cryptography;
using Pnet.Addressing;
using Pnet.Services.Content;
using Pnet.Tests.Links;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Services.Files;

/// <summary>How long peers are waited for that send slowly, nothing any more, or are not there at all. Time goes when the test says so.</summary>
public sealed class ContentPatienceTests : IAsyncLifetime
{
    private const int Chunk = ContentList.ChunkSize;

    // The beginning of the list and the rest of it; the next is for the first piece.
    private const int TimersOfAList = 2;

    private static readonly TimeSpan NotLong = ContentSource.Patience - TimeSpan.FromSeconds(1);

    private readonly TestNodes _nodes = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();
    private readonly byte[] _bytes = new byte[(3 * Chunk) - 7];
    private Node _alice = null!;
    private Node _bob = null!;

    private string Target => _directory.File("target");

    private ContentAddress Address => new(SHA256.HashData(FakePeer.ListOf(_bytes)));

    public async Task InitializeAsync()
    {
        new Random(3).NextBytes(_bytes);
        _alice = await _nodes.StartAsync("alice");
        _bob = await _nodes.StartAsync("bob", o => o with { Allow = [_alice.Id.ToString()] });
        await TestNodes.LinkAsync(_alice, _bob);
    }

    public async Task DisposeAsync()
    {
        await _nodes.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_peer_that_is_slow_and_alone_is_waited_for_piece_by_piece()
    {
        // A piece comes just in time, each time: 48 pieces take 23 minutes, and each chunk of them eight.
        var slow = new FakePeer(_bytes)
        {
            BeforePiece = async i =>
            {
                await _time.CreatedAsync(TimersOfAList + 1 + i);
                _time.Advance(NotLong);
            },
        };

        var fetched = await FetchAsync(await CarolAsync(slow.ServeAsync));

        Assert.Equal((_bytes.Length, null), ((int)fetched.Peers[0].Bytes, fetched.Peers[0].Error));
        Assert.True(_time.GetElapsedTime(0) > 40 * NotLong);
        Assert.Equal(_bytes, await File.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task A_peer_that_sends_a_piece_and_then_nothing_is_given_up()
    {
        var silent = new FakePeer(_bytes)
        {
            BeforePiece = async i =>
            {
                if (i == 0)
                    return;
                await _time.CreatedAsync(TimersOfAList + 2);
                _time.Advance(NotLong);
                _time.Advance(TimeSpan.FromSeconds(1));
                await Task.Delay(Timeout.Infinite);
            },
        };

        var peer = await CarolAsync(silent.ServeAsync);
        await FetchAsync(peer).FailsAsync(PnetError.Unreachable, "3 of 3 chunks", "sent next to nothing for 30 s");

        Assert.Equal(ContentSource.Patience, _time.GetElapsedTime(0));
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task A_peer_that_trickles_is_given_up_and_its_chunks_are_anothers()
    {
        // Some bytes every ten seconds are a sign of life, and still no piece in thirty.
        var trickle = new FakePeer(_bytes)
        {
            PieceSize = ContentSource.Piece / 8,
            BeforePiece = async i =>
            {
                await _time.CreatedAsync(TimersOfAList + 1);
                if (i > 0)
                    _time.Advance(ContentSource.Patience / 3);
            },
        };
        _bob.AddService("trickle", "", ["*"], trickle.ServeAsync);
        _bob.AddService("quick", "", ["*"], new FakePeer(_bytes).ServeAsync);
        using var file = File.OpenHandle(Target, FileMode.Create, FileAccess.ReadWrite);
        var board = new ContentBoard(new bool[3]);

        var slow = await RunAsync("trickle", board, file);
        Assert.Contains("sent next to nothing for 30 s", slow.Error, StringComparison.Ordinal);
        Assert.Equal((0, 3), ((int)slow.Bytes, board.Left));
        var quick = await RunAsync("quick", board, file);

        Assert.Equal((_bytes.Length, null), ((int)quick.Bytes, quick.Error));
        Assert.True(board.IsComplete);
    }

    [Fact]
    public async Task Peers_that_are_gone_are_asked_again_with_growing_pauses_until_one_has_the_rest()
    {
        var pauses = new List<TimeSpan>();
        int asked = 0;
        var mortal = new FakePeer(_bytes) { EndsAfter = 1 };
        var peer = await CarolAsync((caller, transport, token) => Interlocked.Increment(ref asked) switch
        {
            2 => mortal.ServeAsync(caller, transport, token),
            5 => new FakePeer(_bytes).ServeAsync(caller, transport, token),
            _ => throw new PnetException(PnetError.NotFound, "that is not published here"),
        });
        var progress = new ContentProgress();

        var fetched = await FetchAsync(peer, new ContentFetchOptions { Wait = TimeSpan.FromMinutes(1), Waiting = (_, pause) => Pause(pauses, pause), Progress = progress });

        // What came with the second attempt has the pauses begin anew.
        Assert.Equal([1, 1, 2, 4], pauses.Select(pause => pause.TotalSeconds));
        Assert.Equal((0, _bytes.Length), ((int)fetched.BytesPresent, (int)Assert.Single(fetched.Peers).Bytes));
        Assert.Equal((_bytes.Length, _bytes.Length), ((int)progress.Bytes, (int)progress.BytesFetched));
        Assert.Equal(_bytes, await File.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task A_wait_for_peers_ends_when_its_time_is_over_and_pauses_stay_below_half_a_minute()
    {
        var pauses = new List<TimeSpan>();
        var options = new ContentFetchOptions { Wait = TimeSpan.FromSeconds(100), Waiting = (_, pause) => Pause(pauses, pause) };
        await Waiting.FailsAsync(() => FetchAsync(AddressPath.Parse("bob"), options), PnetError.NotFound, "nobody has", "not published here");
        Assert.Equal([1, 2, 4, 8, 16, 30, 30, 9], pauses.Select(pause => pause.TotalSeconds));
    }

    [Fact]
    public void The_pause_that_ends_a_wait_is_the_last_also_when_its_timer_rings_early()
    {
        var nobody = new PnetException(PnetError.NotFound, "nobody has it");
        var attempts = new ContentAttempts(new ContentFetchOptions { Wait = TimeSpan.FromSeconds(2.5), Time = _time });
        foreach (double seconds in new[] { 1, 1.5 })
        {
            Assert.True(attempts.TryAgain(nobody, [], out var pause));
            Assert.Equal(seconds, pause.TotalSeconds);
            _time.Advance(pause - (seconds > 1 ? TimeSpan.FromMilliseconds(0.9) : TimeSpan.Zero));
        }
        Assert.False(attempts.TryAgain(nobody, [], out _));
    }

    [Fact]
    public async Task Without_a_wait_nobody_is_asked_twice_and_a_file_in_the_way_is_no_reason_for_one()
    {
        await Waiting.FailsAsync(() => FetchAsync(AddressPath.Parse("bob")), PnetError.NotFound, "nobody has");
        var peer = await CarolAsync(new FakePeer(_bytes).ServeAsync);
        var options = new ContentFetchOptions { Wait = TimeSpan.FromHours(1), Time = _time };
        await Waiting.FailsAsync(
            () => new ContentClient(_alice.Control).FetchAsync(Address, _directory.File("no/such/directory"), [peer], options), PnetError.NotFound, "no such file");
    }

    [Fact]
    public async Task Peers_that_come_meanwhile_are_found()
    {
        var peer = await CarolAsync(new FakePeer(_bytes).ServeAsync);
        int looked = 0;
        var options = new ContentFetchOptions { Wait = TimeSpan.FromMinutes(1), Waiting = (_, pause) => Pause([], pause), Time = _time };
        await new ContentClient(_alice.Control).FetchAsync(Address, Target, _ => looked++ > 0
            ? Task.FromResult<IReadOnlyList<AddressPath>>([peer])
            : throw new PnetException(PnetError.Unreachable, "there is no neighbour to ask"), options).Soon();
        Assert.Equal(2, looked);
    }

    // Behind bob, so that what she sends goes through a relay.
    private async Task<AddressPath> CarolAsync(Func<NodeId, ITransport, CancellationToken, Task> serve)
    {
        var carol = await _nodes.StartAsync("carol", o => o with { Allow = [_alice.Id.ToString()] });
        await TestNodes.LinkAsync(_bob, carol);
        carol.AddService("peer", "", ["*"], serve);
        return AddressPath.Parse("bob/carol/service:peer");
    }

    private Task<ContentFetch> FetchAsync(AddressPath peer, ContentFetchOptions? options = null) =>
        new ContentClient(_alice.Control).FetchAsync(Address, Target, [peer], (options ?? new ContentFetchOptions()) with { Time = _time }).Soon();

    private void Pause(List<TimeSpan> pauses, TimeSpan pause)
    {
        pauses.Add(pause);
        _ = PassAsync(pause);
    }

    private async Task PassAsync(TimeSpan pause)
    {
        await _time.WaitedForAsync(pause);
        _time.Advance(pause);
    }

    private async Task<ContentPeer> RunAsync(string service, ContentBoard board, Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        await using var source = new ContentSource(_alice.Control, AddressPath.Parse($"bob/service:{service}"), Address, _time);
        var list = await source.GetListAsync(default).Soon();
        await source.RunAsync(list!, board, file, null, default).Soon();
        return source.Result;
    }
}
