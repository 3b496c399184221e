using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Services.Commands;
using Pnet.Services.Messages;
using Pnet.Tests.Links;
using Pnet.Tests.Services;
using Pnet.Tests.Transports;
using Pnet.Transports;

namespace Pnet.Tests.Nodes;

/// <summary>
/// What comes and goes by the thousand leaves nothing behind: no entry in a table, no object, no memory. Alice is driven over her
/// socket, as a daemon is, and reaches carol through bob.
/// </summary>
[Collection(MeasuredAlone.Name)]
public sealed class ChurnTests : IAsyncLifetime
{
    /// <summary>
    /// What the heap may have gained, for buffers that are kept to be used again. 10,000 of the smallest objects that could be
    /// forgotten have more.
    /// </summary>
    private const long HeapBound = 200_000;

    // The last ones may still be held by a task that is looked at by nobody.
    private const int StillHeld = 16;
    private const int AtOnce = 8;

    // A link through bob is one channel of alice's, two of bob's, one of carol's.
    private const int OfFarLink = 4;

    // Bob and carol have each other, and where alice stays, each of the three has the other two.
    private const int Links = 2;
    private const int LinksWithAlice = 6;

    private static readonly string[] Tables = ["links", "channels", "messages.waiting"];

    private readonly TestNodes _nodes = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly CancellationTokenSource _bound = new(TimeSpan.FromMinutes(10));
    private readonly ConcurrentQueue<WeakReference> _seen = new();
    private Node _alice = null!;
    private Node _bob = null!;
    private Node _carol = null!;
    private ControlClient _manager = null!;
    private AddressPath _toCarol = null!;

    private CancellationToken Token => _bound.Token;

    public async Task InitializeAsync()
    {
        _alice = await _nodes.StartAsync("alice", o => o with { SocketPath = _directory.File("alice.sock") });
        _bob = await _nodes.StartAsync("bob");
        _carol = await _nodes.StartAsync("carol", o => o with { Allow = [_alice.Id.ToString()] });
        await TestNodes.LinkAsync(_bob, _carol);
        _manager = await ControlClient.ConnectAsync(_directory.File("alice.sock")).Soon();
        _toCarol = AddressPath.Parse($"{_bob.Id}/{_carol.Id}");
        _carol.AddService("echo", "what it is sent", [], static async (_, channel, token) =>
        {
            var bytes = new byte[100];
            await channel.ReadExactlyAsync(bytes, token);
            await channel.WriteAsync(bytes, token);
            await channel.EndAsync(cancellationToken: token);
        });
    }

    public async Task DisposeAsync()
    {
        await _manager.DisposeAsync();
        await _nodes.DisposeAsync();
        _directory.Dispose();
        _bound.Dispose();
    }

    [Fact]
    public async Task Ten_thousand_channels_that_end_in_order_or_are_cut_leave_nothing_behind()
    {
        await TestNodes.LinkAsync(_alice, _bob);
        await LeavesNothingAsync(10_000, async i =>
        {
            // Every other one from within alice's process.
            var channel = await (i % 2 == 0 ? _manager : _alice.Control).OpenAsync(_toCarol.WithService("echo"), Token);
            await using (channel.ConfigureAwait(false))
            {
                Watch(channel);
                if (i % 3 == 0)
                    return;
                var bytes = new byte[100];
                await channel.WriteAsync(bytes, Token);
                await channel.ReadExactlyAsync(bytes, Token);
                if (i % 3 == 1)
                    return;
                await channel.EndAsync(cancellationToken: Token);
                Assert.Equal(0, await channel.ReadAsync(bytes, Token));
            }
        });
    }

    [Fact]
    public async Task Ten_thousand_commands_leave_nothing_behind()
    {
        await TestNodes.LinkAsync(_alice, _bob);
        await using var offer = await _carol.Control.RegisterCommandAsync(
            new CommandInfo { Name = "half", Parameters = [new("number", "integer", true)] },
            (call, _) => Task.FromResult<JsonNode?>(call.GetInt64("number") is var number && number % 2 == 0 ? number / 2 : throw new ArithmeticException("odd")));
        var client = new CommandClient(_manager);
        await LeavesNothingAsync(10_000, async i =>
        {
            if (i % 2 == 0)
                Assert.Equal(i / 2, (await client.CallAsync(_toCarol, "half", [i], Token))!.Value.GetInt64());
            else
                await Assert.ThrowsAsync<CommandException>(() => client.CallAsync(_toCarol, "half", [i], Token));
        });
    }

    [Fact]
    public async Task Ten_thousand_messages_leave_nothing_behind()
    {
        await TestNodes.LinkAsync(_alice, _bob);
        var (client, inbox) = (new MessageClient(_manager), new MessageClient(_carol.Control));
        await LeavesNothingAsync(10_000, async i =>
        {
            var body = new byte[i % 1000];
            Watch(body);
            await client.SendAsync(_toCarol, Message.FromBytes(body), Token);
            await foreach (var message in inbox.ReceiveAsync(wait: true, count: 1, Token))
                Watch(message);
        });
    }

    [Fact]
    public async Task A_thousand_links_that_are_closed_or_cut_under_what_goes_through_them_leave_nothing_behind()
    {
        await LeavesNothingAsync(
            1_000,
            async i =>
            {
                var (near, far) = MemoryTransport.CreatePair();
                Watch(near);
                var there = _bob.Control.AttachAsync(far, new ConnectRequest { Transport = "memory" }, Token);
                var here = await _alice.Control.AttachAsync(near, new ConnectRequest { Transport = "memory" }, Token);
                Watch(here);
                await there;
                // This needs a link through bob, which goes with the one to him.
                var channel = await _manager.OpenAsync(_toCarol.WithService("echo"), Token);
                await channel.WriteAsync(new byte[10], Token);
                if (i % 2 == 0)
                    near.Abort();
                else
                    await here.DisposeAsync();
                await here.Completion.WaitAsync(Token);
                await (await there).Completion.WaitAsync(Token);
                Assert.NotEmpty(await Assert.ThrowsAnyAsync<IOException>(() => channel.ReadAsync(new byte[1], Token).AsTask()) is { } cut ? cut.Message : "");
                await channel.DisposeAsync();
                await RestAsync(0);
            },
            atOnce: 1,
            rest: 0);
    }

    [Fact]
    public async Task A_thousand_links_over_tcp_that_a_listener_accepts_leave_nothing_behind()
    {
        var endpoint = (await _bob.Control.AddListenerAsync("tcp://127.0.0.1:0", Token)).Endpoint;
        await LeavesNothingAsync(
            1_000,
            async i =>
            {
                var peer = await _alice.Control.ConnectAsync(new ConnectRequest { Transport = endpoint, ExpectedId = _bob.Id }, Token);
                await using (var channel = await _manager.OpenAsync(_toCarol.WithService("echo"), Token))
                    Watch(channel);
                // By the end that asked for it, or by the one that was asked.
                await (i % 2 == 0 ? _alice : _bob).Control.DisconnectAsync($"{(i % 2 == 0 ? _bob : _alice).Id}", Token);
                if (i % 2 != 0)
                    await _alice.Control.DisconnectAsync($"{_bob.Id}", Token);
                // What is disconnected is gone, and not about to go: the next way must not lead over it.
                Assert.DoesNotContain(await _alice.Control.GetPeersAsync(Token), left => left.Via is null);
                await RestAsync(0);
                Assert.Equal(_bob.Id, peer.Id);
            },
            atOnce: 1,
            rest: 0);
    }

    private void Watch(object thing) => _seen.Enqueue(new WeakReference(thing));

    /// <summary>Does the work many times, looks at tables and heap, does it as often again, and looks again.</summary>
    private async Task LeavesNothingAsync(int count, Func<int, Task> work, int atOnce = AtOnce, int rest = OfFarLink)
    {
        // First for pools to be filled, and for the nodes to keep as many events as they ever do.
        await RepeatAsync(count, work, atOnce);
        var tables = await RestAsync(rest);
        _seen.Clear();
        var before = Heap();
        await RepeatAsync(count, work, atOnce);
        Assert.Equal(tables, await RestAsync(rest));
        await Waiting.UntilAsync(() => Heap() > 0 && _seen.Count(thing => thing.IsAlive) <= StillHeld, $"{_seen.Count(thing => thing.IsAlive):N0} of {_seen.Count:N0} objects are still held");
        _seen.Clear();
        await Waiting.UntilAsync(() => Heap() - before < HeapBound, $"a heap of {before:N0} bytes, and {Heap():N0} after {count:N0} times more");
    }

    private Task RepeatAsync(int count, Func<int, Task> work, int atOnce) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = Token }, async (i, _) => await work(i));

    /// <summary>Waits until nothing is under way but so many channels of a link that stays, and tells what the tables have then.</summary>
    private async Task<string> RestAsync(int rest)
    {
        while (true)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
            var all = await Task.WhenAll(new[] { _alice, _bob, _carol }.Select(node => node.Control.GetMetricsAsync(Token)));
            // A link leaves the table a moment after its channels. Credit that was given for a channel is given back with it, those of managers included.
            if (all.Sum(metrics => metrics["links"]) == (rest > 0 ? LinksWithAlice : Links) && all.Sum(metrics => metrics["channels"]) == rest && (rest > 0 || all.Sum(metrics => metrics["channels.credit"]) == 0))
                return string.Join("; ", all.Select(metrics => string.Join(", ", Tables.Select(name => $"{name} {metrics[name]}"))));
        }
    }

    private static long Heap()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
