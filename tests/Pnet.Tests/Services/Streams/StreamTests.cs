using System.Security.Cryptography;
using System.Text;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Services.Streams;
using Pnet.Tests.Links;
using Pnet.Tests.Transports;

namespace Pnet.Tests.Services.Streams;

/// <summary>Alice uses functions of bob, and of carol through bob, who can't read what passes.</summary>
public sealed class StreamTests : NodeRowTest
{
    private StreamClient _client = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Bob.Control.GrantAccessAsync(new AccessEntry { Id = Alice.Id });
        _client = new StreamClient(Alice.Control);
    }

    [Fact]
    public async Task A_function_of_a_far_node_takes_a_stream_and_returns_a_stream()
    {
        // The two lines that it takes.
        await using var offer = await Carol.Control.RegisterStreamAsync("sha256", async (input, output, token) =>
            await output.WriteAsync(await SHA256.HashDataAsync(input, token), token));

        byte[] sent = Bytes.Random(3_000_001);
        var result = Assert.Single(await AllAsync(sent, ReadBytesAsync, AtCarol("sha256")));
        Assert.Equal(SHA256.HashData(sent), result.Output);
        Assert.Equal((AtCarol("sha256"), 0, true), (result.Target, result.Status, result.Succeeded));
    }

    [Fact]
    public async Task A_function_knows_its_caller_and_serves_a_daemon_for_as_long_as_its_process_stays()
    {
        var manager = await ControlClient.ConnectAsync(CarolSocket).Soon();
        await manager.RegisterStreamAsync("who", async (caller, _, output, token) => await output.WriteAsync(Encoding.UTF8.GetBytes(caller.ToString()), token));
        Assert.Equal(Alice.Id.ToString(), Assert.Single(await AllAsync([], ReadTextAsync, AtCarol("who"))).Output);
        await manager.DisposeAsync();
        await Waiting.UntilAsync(() => Carol.Control.GetServicesAsync().Result.Count == 0, "the function is gone");
        Waiting.Tells(Assert.Single(await AllAsync([], ReadTextAsync, AtCarol("who"))).Failure!, PnetError.NotFound, "who");
    }

    [Fact]
    public async Task Each_gets_all_of_the_input_and_answers_come_in_the_order_they_end()
    {
        var last = new TaskCompletionSource();
        await OfferAsync(Bob, "late", async (input, output, token) =>
        {
            await last.Task.WaitAsync(token);
            await input.CopyToAsync(output, token);
        });
        await OfferAsync(Carol, "echo", (input, output, token) => input.CopyToAsync(output, token));

        var seen = new List<AddressPath>();
        await foreach (var result in _client.InvokeAsync([AtBob("late"), AtCarol("echo")], new MemoryStream("hello"u8.ToArray()), ReadTextAsync, null, Token))
        {
            Assert.Equal("hello", result.Output);
            seen.Add(result.Target);
            last.TrySetResult();
        }
        Assert.Equal([AtCarol("echo"), AtBob("late")], seen);
    }

    [Fact]
    public async Task What_fails_is_reported_and_the_others_get_everything()
    {
        byte[] sent = Bytes.Random(4_000_000);
        await OfferAsync(Bob, "breaks", async (input, _, token) =>
        {
            await input.ReadExactlyAsync(new byte[100_000], token);
            throw new InvalidOperationException("the function broke");
        });
        await OfferAsync(Carol, "echo", (input, output, token) => input.CopyToAsync(output, token));

        var results = (await AllAsync(sent, ReadBytesAsync, AtBob("breaks"), AddressPath.Parse("nobody/service:echo"), AtBob("none"), AtCarol("echo"))).ToDictionary(r => r.Target);
        Assert.Equal(4, results.Count);
        Waiting.Tells(results[AtBob("breaks")].Failure!, PnetError.Failed, "the function broke");
        Assert.Equal(PnetError.NotFound, results[AddressPath.Parse("nobody/service:echo")].Failure!.Error);
        Waiting.Tells(results[AtBob("none")].Failure!, PnetError.NotFound, "none");
        Assert.True(sent.AsSpan().SequenceEqual(results[AtCarol("echo")].Output));
    }

    [Fact]
    public async Task The_input_is_read_no_further_once_nobody_needs_it()
    {
        await OfferAsync(Bob, "head", HeadAsync);
        await OfferAsync(Carol, "head", HeadAsync);
        var results = new List<StreamResult<string>>();
        await foreach (var result in _client.InvokeAsync([AtBob("head"), AtCarol("head")], new EndlessStream(), ReadTextAsync, null, Token))
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
        await OfferAsync(Bob, "nothing", (_, _, _) => Task.CompletedTask);
        await OfferAsync(Carol, "echo", (input, output, token) => input.CopyToAsync(output, token));
        var results = await AllAsync(sent, ReadBytesAsync, AtBob("nothing"), AtCarol("echo"));
        Assert.Empty(results.Single(r => r.Target.Equals(AtBob("nothing"))).Output!);
        Assert.True(sent.AsSpan().SequenceEqual(results.Single(r => r.Target.Equals(AtCarol("echo"))).Output));
    }

    [Fact]
    public async Task An_empty_input_is_an_input()
    {
        await OfferAsync(Bob, "count", async (input, output, token) => await output.WriteAsync(new byte[] { (byte)await input.ReadAsync(new byte[1], token) }, token));
        Assert.Equal([0], Assert.Single(await AllAsync([], ReadBytesAsync, AtBob("count"))).Output!);
    }

    [Fact]
    public async Task Cancelling_or_leaving_cuts_the_functions()
    {
        var cancelled = new TaskCompletionSource<string>[] { new(), new() };
        foreach (var (node, i) in new[] { Bob, Carol }.Select((n, i) => (n, i)))
        {
            await OfferAsync(node, "hang", async (_, output, token) =>
            {
                await output.WriteAsync("up"u8.ToArray(), token);
                await Task.Delay(Timeout.Infinite, token).ContinueWith(_ => cancelled[i].TrySetResult("cancelled"), TaskScheduler.Default);
            });
        }
        await OfferAsync(Bob, "quick", (_, _, _) => Task.CompletedTask);

        // Once what hangs has begun.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = Task.Run(async () =>
        {
            await foreach (var _ in _client.InvokeAsync([AtBob("hang")], new EndlessStream(), async (_, output, token) =>
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
        await foreach (var first in _client.InvokeAsync([AtBob("quick"), AtCarol("hang")], new MemoryStream(), async (_, output, token) =>
        {
            if (await output.ReadAsync(new byte[2], token) > 0)
            {
                begun.SetResult();
                return await output.ReadAsync(new byte[1], token);
            }
            return 0;
        }, null, Token))
        {
            Assert.Equal(AtBob("quick"), first.Target);
            await begun.Task.Soon();
            break;
        }
        Assert.Equal("cancelled", await cancelled[1].Task.Soon());
    }

    [Fact]
    public async Task One_that_takes_too_long_is_cut_and_the_others_are_not()
    {
        await OfferAsync(Bob, "hang", (_, _, token) => Task.Delay(Timeout.Infinite, token));
        await OfferAsync(Carol, "echo", (input, output, token) => input.CopyToAsync(output, token));
        var results = await AllAsync("x"u8.ToArray(), ReadTextAsync, new StreamOptions { Timeout = TimeSpan.FromSeconds(10) }, AtBob("hang"), AtCarol("echo"));
        Assert.Equal("x", results[0].Output);
        Waiting.Tells(results[1].Failure!, PnetError.TimedOut, "bob/service:hang was not done within 10 s");
    }

    [Fact]
    public async Task What_the_end_of_its_time_makes_of_a_result_is_not_the_others_concern()
    {
        await OfferAsync(Bob, "hang", (_, _, token) => Task.Delay(Timeout.Infinite, token));
        await OfferAsync(Carol, "echo", (input, output, token) => input.CopyToAsync(output, token));
        var results = await AllAsync(new MemoryStream("x"u8.ToArray()), async (target, output, token) =>
        {
            try
            {
                return await ReadTextAsync(target, output, token);
            }
            catch (OperationCanceledException e)
            {
                throw new IOException("half a file", e);
            }
        }, new StreamOptions { Timeout = TimeSpan.FromSeconds(5) }, AtBob("hang"), AtCarol("echo"));
        Assert.Equal("x", results[0].Output);
        Waiting.Tells(results[1].Failure!, PnetError.TimedOut, "bob/service:hang was not done within 5 s");
    }

    [Fact]
    public async Task A_node_stops_though_its_functions_wait_and_gave_no_token()
    {
        var (reading, writing) = (new TaskCompletionSource(), new TaskCompletionSource());
        await OfferAsync(Carol, "read", (input, _, _) =>
        {
            reading.SetResult();
            return Task.Run(() => input.ReadByte(), CancellationToken.None);
        });
        await OfferAsync(Carol, "write", async (_, output, _) =>
        {
            var write = output.WriteAsync(new byte[32 << 20], CancellationToken.None);
            writing.SetResult();
            await write;
        });
        await using var first = await Alice.Control.OpenAsync(AtCarol("read")).Soon();
        await using var second = await Alice.Control.OpenAsync(AtCarol("write")).Soon();
        await Task.WhenAll(reading.Task, writing.Task).Soon();
        await Carol.DisposeAsync().Soon();
    }

    [Fact]
    public async Task Half_an_input_never_passes_for_a_whole_one()
    {
        var (begun, ended) = (new TaskCompletionSource(), new TaskCompletionSource<string>());
        await OfferAsync(Carol, "whole", async (input, _, token) =>
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
        var failure = await Assert.ThrowsAsync<IOException>(() => AllAsync(new BrokenStream(200_000, begun.Task), ReadTextAsync, null, AtCarol("whole")).Soon());
        Assert.Equal("the disk is gone", failure.Message);
        Assert.Equal("cut", await ended.Task.Soon());
    }

    [Fact]
    public async Task A_result_that_can_not_be_kept_is_that_target_s_failure()
    {
        await OfferAsync(Bob, "echo", (input, output, token) => input.CopyToAsync(output, token));
        await OfferAsync(Carol, "echo", (input, output, token) => input.CopyToAsync(output, token));
        var results = await AllAsync(new MemoryStream("x"u8.ToArray()), async (target, output, token) =>
            target.Equals(AtBob("echo")) ? throw new IOException("No space left on device") : await ReadTextAsync(target, output, token), null, AtBob("echo"), AtCarol("echo"));
        Waiting.Tells(results.Single(r => r.Target.Equals(AtBob("echo"))).Failure!, PnetError.Failed, "No space left on device");
        Assert.Equal("x", results.Single(r => r.Target.Equals(AtCarol("echo"))).Output);
    }

    [Fact]
    public async Task A_service_whose_output_nobody_wants_to_its_end_is_cut()
    {
        var ended = new TaskCompletionSource();
        await OfferAsync(Carol, "yes", async (_, output, token) =>
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
        var result = Assert.Single(await AllAsync(new EndlessStream(), async (_, output, token) => await output.ReadAtLeastAsync(new byte[10], 10, cancellationToken: token), null, AtCarol("yes")));
        Assert.Equal(10, result.Output);
        await ended.Task.Soon();
    }

    [Fact]
    public async Task A_function_has_one_stream_for_each_direction_and_may_close_both()
    {
        await OfferAsync(Carol, "lines", (input, output, _) =>
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
        Assert.Equal($"<a>{Environment.NewLine}<b>{Environment.NewLine}", Assert.Single(await AllAsync("a\nb"u8.ToArray(), ReadTextAsync, AtCarol("lines"))).Output);
    }

    [Fact]
    public async Task Strangers_use_no_function_unless_they_are_let()
    {
        var dave = await Nodes.StartAsync("dave");
        await TestNodes.LinkAsync(dave, Bob);
        await OfferAsync(Bob, "closed", (input, output, token) => input.CopyToAsync(output, token));
        await Bob.Control.RegisterStreamAsync("open", (input, output, token) => input.CopyToAsync(output, token), ["*"]);
        var results = new List<StreamResult<string>>();
        await foreach (var result in new StreamClient(dave.Control).InvokeAsync([AtBob("closed"), AtBob("open")], new MemoryStream("x"u8.ToArray()), ReadTextAsync, null, Token))
            results.Add(result);
        Assert.Equal(PnetError.Refused, results.Single(r => r.Target.Equals(AtBob("closed"))).Failure!.Error);
        Assert.Equal("x", results.Single(r => r.Target.Equals(AtBob("open"))).Output);
    }

    private static Task<IAttachedService> OfferAsync(Node node, string name, Func<Stream, Stream, CancellationToken, Task> function) => node.Control.RegisterStreamAsync(name, function);

    private static async Task<string> ReadTextAsync(AddressPath target, Stream output, CancellationToken token) => Encoding.UTF8.GetString(await ReadBytesAsync(target, output, token));

    private static async Task<byte[]> ReadBytesAsync(AddressPath target, Stream output, CancellationToken token)
    {
        var all = new MemoryStream();
        await output.CopyToAsync(all, token);
        return all.ToArray();
    }

    private static AddressPath AtBob(string service) => AddressPath.Parse("bob").WithService(service);

    private AddressPath AtCarol(string service) => AddressPath.Parse($"bob/{Carol.Id}").WithService(service);

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
