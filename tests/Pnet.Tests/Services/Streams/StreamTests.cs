using System.Security.Cryptography;
using System.Text;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Services.Streams;
using Pnet.Tests.Links;
using Pnet.Tests.Transports;

namespace Pnet.Tests.Services.Streams;

/// <summary>Alice uses functions of bob, and of carol through bob, who can't read what passes.</summary>
public sealed class StreamTests : IAsyncLifetime
{
    private readonly TestNodes _nodes = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly CancellationTokenSource _bound = new(TimeSpan.FromSeconds(60));
    private Node _alice = null!;
    private Node _bob = null!;
    private Node _carol = null!;
    private StreamClient _client = null!;

    private CancellationToken Token => _bound.Token;

    public async Task InitializeAsync()
    {
        _alice = await _nodes.StartAsync("alice");
        _bob = await _nodes.StartAsync("bob", o => o with { Allow = [_alice.Id.ToString()] });
        _carol = await _nodes.StartAsync("carol", o => o with { Allow = [_alice.Id.ToString()], SocketPath = _directory.File("carol.sock") });
        await TestNodes.LinkAsync(_alice, _bob);
        await TestNodes.LinkAsync(_bob, _carol);
        _client = new StreamClient(_alice.Control);
    }

    public async Task DisposeAsync()
    {
        await _nodes.DisposeAsync();
        _directory.Dispose();
        _bound.Dispose();
    }

    [Fact]
    public async Task A_function_of_a_far_node_takes_a_stream_and_returns_a_stream()
    {
        // The two lines that it takes.
        await using var offer = await _carol.Control.RegisterStreamAsync("sha256", async (input, output, token) =>
            await output.WriteAsync(await SHA256.HashDataAsync(input, token), token));

        byte[] sent = Bytes.Random(3_000_001);
        var result = Assert.Single(await AllAsync(sent, ReadBytesAsync, Carol("sha256")));
        Assert.Equal(SHA256.HashData(sent), result.Output);
        Assert.Equal((Carol("sha256"), 0, true), (result.Target, result.Status, result.Succeeded));
    }

    [Fact]
    public async Task A_function_knows_its_caller_and_serves_a_daemon_for_as_long_as_its_process_stays()
    {
        var manager = await ControlClient.ConnectAsync(_directory.File("carol.sock")).Soon();
        await manager.RegisterStreamAsync("who", async (caller, _, output, token) => await output.WriteAsync(Encoding.UTF8.GetBytes(caller.ToString()), token));
        Assert.Equal(_alice.Id.ToString(), Assert.Single(await AllAsync([], ReadTextAsync, Carol("who"))).Output);
        await manager.DisposeAsync();
        await Waiting.UntilAsync(() => _carol.Control.GetServicesAsync().Result.Count == 0, "the function is gone");
        Waiting.Tells(Assert.Single(await AllAsync([], ReadTextAsync, Carol("who"))).Failure!, PnetError.NotFound, "who");
    }

    [Fact]
    public async Task Each_gets_all_of_the_input_and_answers_come_in_the_order_they_end()
    {
        var last = new TaskCompletionSource();
        await OfferAsync(_bob, "late", async (input, output, token) =>
        {
            await last.Task.WaitAsync(token);
            await input.CopyToAsync(output, token);
        });
        await OfferAsync(_carol, "echo", (input, output, token) => input.CopyToAsync(output, token));

        var seen = new List<AddressPath>();
        await foreach (var result in _client.InvokeAsync([Bob("late"), Carol("echo")], new MemoryStream("hello"u8.ToArray()), ReadTextAsync, null, Token))
        {
            Assert.Equal("hello", result.Output);
            seen.Add(result.Target);
            last.TrySetResult();
        }
        Assert.Equal([Carol("echo"), Bob("late")], seen);
    }

    [Fact]
    public async Task What_fails_is_reported_and_the_others_get_everything()
    {
        byte[] sent = Bytes.Random(4_000_000);
        await OfferAsync(_bob, "breaks", async (input, _, token) =>
        {
            await input.ReadExactlyAsync(new byte[100_000], token);
            throw new InvalidOperationException("the function broke");
        });
        await OfferAsync(_carol, "echo", (input, output, token) => input.CopyToAsync(output, token));

        var results = (await AllAsync(sent, ReadBytesAsync, Bob("breaks"), AddressPath.Parse("nobody/service:echo"), Bob("none"), Carol("echo"))).ToDictionary(r => r.Target);
        Assert.Equal(4, results.Count);
        Waiting.Tells(results[Bob("breaks")].Failure!, PnetError.Failed, "the function broke");
        Assert.Equal(PnetError.NotFound, results[AddressPath.Parse("nobody/service:echo")].Failure!.Error);
        Waiting.Tells(results[Bob("none")].Failure!, PnetError.NotFound, "none");
        Assert.True(sent.AsSpan().SequenceEqual(results[Carol("echo")].Output));
    }

    [Fact]
    public async Task The_input_is_read_no_further_once_nobody_needs_it()
    {
        await OfferAsync(_bob, "head", HeadAsync);
        await OfferAsync(_carol, "head", HeadAsync);
        var results = new List<StreamResult<string>>();
        await foreach (var result in _client.InvokeAsync([Bob("head"), Carol("head")], new EndlessStream(), ReadTextAsync, null, Token))
            results.Add(result);
        Assert.All(results, r => Assert.True(r is { Succeeded: true, Output: "xxx" }));

        static async Task HeadAsync(Stream input, Stream output, CancellationToken token)
        {
            var buffer = new byte[3];
            await input.ReadExactlyAsync(buffer, token);
            await output.WriteAsync(buffer, token);
        }
    }

    [Fact]
    public async Task One_that_ends_early_leaves_the_input_to_the_others()
    {
        byte[] sent = Bytes.Random(5_000_000);
        await OfferAsync(_bob, "nothing", (_, _, _) => Task.CompletedTask);
        await OfferAsync(_carol, "echo", (input, output, token) => input.CopyToAsync(output, token));
        var results = await AllAsync(sent, ReadBytesAsync, Bob("nothing"), Carol("echo"));
        Assert.Empty(results.Single(r => r.Target.Equals(Bob("nothing"))).Output!);
        Assert.True(sent.AsSpan().SequenceEqual(results.Single(r => r.Target.Equals(Carol("echo"))).Output));
    }

    [Fact]
    public async Task An_empty_input_is_an_input()
    {
        await OfferAsync(_bob, "count", async (input, output, token) => await output.WriteAsync(new byte[] { (byte)await input.ReadAsync(new byte[1], token) }, token));
        Assert.Equal([0], Assert.Single(await AllAsync([], ReadBytesAsync, Bob("count"))).Output!);
    }

    [Fact]
    public async Task Cancelling_or_leaving_cuts_the_functions()
    {
        var cancelled = new TaskCompletionSource<string>[] { new(), new() };
        foreach (var (node, i) in new[] { _bob, _carol }.Select((n, i) => (n, i)))
        {
            await OfferAsync(node, "hang", async (_, output, token) =>
            {
                await output.WriteAsync("up"u8.ToArray(), token);
                await Task.Delay(Timeout.Infinite, token).ContinueWith(_ => cancelled[i].TrySetResult("cancelled"), TaskScheduler.Default);
            });
        }
        await OfferAsync(_bob, "quick", (_, _, _) => Task.CompletedTask);

        // Once what hangs has begun.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = Task.Run(async () =>
        {
            await foreach (var _ in _client.InvokeAsync([Bob("hang")], new EndlessStream(), async (_, output, token) =>
            {
                await output.ReadExactlyAsync(new byte[2], token);
                await stop.CancelAsync();
                return await output.ReadAsync(new byte[1], token);
            }, null, stop.Token))
                Assert.Fail("it hangs");
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Soon());
        Assert.Equal("cancelled", await cancelled[0].Task.Soon());

        var begun = new TaskCompletionSource();
        await foreach (var first in _client.InvokeAsync([Bob("quick"), Carol("hang")], new MemoryStream(), async (_, output, token) =>
        {
            if (await output.ReadAsync(new byte[2], token) > 0)
            {
                begun.SetResult();
                return await output.ReadAsync(new byte[1], token);
            }
            return 0;
        }, null, Token))
        {
            Assert.Equal(Bob("quick"), first.Target);
            await begun.Task.Soon();
            break;
        }
        Assert.Equal("cancelled", await cancelled[1].Task.Soon());
    }

    [Fact]
    public async Task One_that_takes_too_long_is_cut_and_the_others_are_not()
    {
        await OfferAsync(_bob, "hang", (_, _, token) => Task.Delay(Timeout.Infinite, token));
        await OfferAsync(_carol, "echo", (input, output, token) => input.CopyToAsync(output, token));
        var results = await AllAsync("x"u8.ToArray(), ReadTextAsync, new StreamOptions { Timeout = TimeSpan.FromSeconds(5) }, Bob("hang"), Carol("echo"));
        Assert.Equal("x", results[0].Output);
        Waiting.Tells(results[1].Failure!, PnetError.TimedOut, "bob/service:hang was not done within 5 s");
    }

    [Fact]
    public async Task Half_an_input_never_passes_for_a_whole_one()
    {
        var (begun, ended) = (new TaskCompletionSource(), new TaskCompletionSource<string>());
        await OfferAsync(_carol, "whole", async (input, _, token) =>
        {
            try
            {
                await input.ReadExactlyAsync(new byte[1], token);
                begun.SetResult();
                await input.CopyToAsync(Stream.Null, token);
                ended.SetResult("end");
            }
            catch (Exception e)
            {
                ended.SetResult(e is IOException or OperationCanceledException ? "cut" : e.ToString());
            }
        });
        var failure = await Assert.ThrowsAsync<IOException>(() => AllAsync(new BrokenStream(200_000, begun.Task), ReadTextAsync, null, Carol("whole")).Soon());
        Assert.Equal("the disk is gone", failure.Message);
        Assert.Equal("cut", await ended.Task.Soon());
    }

    [Fact]
    public async Task A_result_that_can_not_be_kept_is_that_target_s_failure()
    {
        await OfferAsync(_bob, "echo", (input, output, token) => input.CopyToAsync(output, token));
        await OfferAsync(_carol, "echo", (input, output, token) => input.CopyToAsync(output, token));
        var results = await AllAsync(new MemoryStream("x"u8.ToArray()), async (target, output, token) =>
            target.Equals(Bob("echo")) ? throw new IOException("No space left on device") : await ReadTextAsync(target, output, token), null, Bob("echo"), Carol("echo"));
        Waiting.Tells(results.Single(r => r.Target.Equals(Bob("echo"))).Failure!, PnetError.Failed, "No space left on device");
        Assert.Equal("x", results.Single(r => r.Target.Equals(Carol("echo"))).Output);
    }

    [Fact]
    public async Task A_service_whose_output_nobody_wants_to_its_end_is_cut()
    {
        var ended = new TaskCompletionSource();
        await OfferAsync(_carol, "yes", async (_, output, token) =>
        {
            try
            {
                while (true)
                    await output.WriteAsync(new byte[1000], token);
            }
            finally
            {
                ended.SetResult();
            }
        });
        var result = Assert.Single(await AllAsync(new EndlessStream(), async (_, output, token) => await output.ReadAtLeastAsync(new byte[10], 10, cancellationToken: token), null, Carol("yes")));
        Assert.Equal(10, result.Output);
        await ended.Task.Soon();
    }

    [Fact]
    public async Task A_function_has_one_stream_for_each_direction_and_may_close_both()
    {
        await OfferAsync(_carol, "lines", (input, output, _) =>
        {
            Assert.False(input.CanWrite || output.CanRead);
            Assert.Throws<NotSupportedException>(() => output.Read(new byte[1], 0, 1));
            Assert.Throws<NotSupportedException>(() => input.Write(new byte[1], 0, 1));
            // Blocking is allowed.
            using var reader = new StreamReader(input);
            using var writer = new StreamWriter(output);
            while (reader.ReadLine() is { } line)
                writer.WriteLine($"<{line}>");
            return Task.CompletedTask;
        });
        Assert.Equal($"<a>{Environment.NewLine}<b>{Environment.NewLine}", Assert.Single(await AllAsync("a\nb"u8.ToArray(), ReadTextAsync, Carol("lines"))).Output);
    }

    [Fact]
    public async Task Strangers_use_no_function_unless_they_are_let()
    {
        var dave = await _nodes.StartAsync("dave");
        await TestNodes.LinkAsync(dave, _bob);
        await OfferAsync(_bob, "closed", (input, output, token) => input.CopyToAsync(output, token));
        await _bob.Control.RegisterStreamAsync("open", (input, output, token) => input.CopyToAsync(output, token), ["*"]);
        var results = new List<StreamResult<string>>();
        await foreach (var result in new StreamClient(dave.Control).InvokeAsync([Bob("closed"), Bob("open")], new MemoryStream("x"u8.ToArray()), ReadTextAsync, null, Token))
            results.Add(result);
        Assert.Equal(PnetError.Refused, results.Single(r => r.Target.Equals(Bob("closed"))).Failure!.Error);
        Assert.Equal("x", results.Single(r => r.Target.Equals(Bob("open"))).Output);
    }

    private static Task<IAttachedService> OfferAsync(Node node, string name, Func<Stream, Stream, CancellationToken, Task> function) => node.Control.RegisterStreamAsync(name, function);

    private static async Task<string> ReadTextAsync(AddressPath target, Stream output, CancellationToken token) => Encoding.UTF8.GetString(await ReadBytesAsync(target, output, token));

    private static async Task<byte[]> ReadBytesAsync(AddressPath target, Stream output, CancellationToken token)
    {
        var all = new MemoryStream();
        await output.CopyToAsync(all, token);
        return all.ToArray();
    }

    private static AddressPath Bob(string service) => AddressPath.Parse("bob").WithService(service);

    private AddressPath Carol(string service) => AddressPath.Parse($"bob/{_carol.Id}").WithService(service);

    private Task<List<StreamResult<T>>> AllAsync<T>(byte[] input, Func<AddressPath, Stream, CancellationToken, Task<T>> read, params AddressPath[] targets) =>
        AllAsync(new MemoryStream(input), read, null, targets);

    private Task<List<StreamResult<T>>> AllAsync<T>(byte[] input, Func<AddressPath, Stream, CancellationToken, Task<T>> read, StreamOptions options, params AddressPath[] targets) =>
        AllAsync(new MemoryStream(input), read, options, targets);

    private async Task<List<StreamResult<T>>> AllAsync<T>(Stream input, Func<AddressPath, Stream, CancellationToken, Task<T>> read, StreamOptions? options, params AddressPath[] targets)
    {
        var results = new List<StreamResult<T>>();
        await foreach (var result in _client.InvokeAsync(targets, input, read, options, Token))
            results.Add(result);
        return results;
    }

    /// <summary>Never ends.</summary>
    private sealed class EndlessStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            buffer.Span.Fill((byte)'x');
            return buffer.Length;
        }
    }

    /// <summary>Breaks in the middle.</summary>
    private sealed class BrokenStream(int length, Task when) : MemoryStream(new byte[length])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (await base.ReadAsync(buffer, cancellationToken) is > 0 and var count)
                return count;
            await when.WaitAsync(cancellationToken);
            throw new IOException("the disk is gone");
        }
    }
}
