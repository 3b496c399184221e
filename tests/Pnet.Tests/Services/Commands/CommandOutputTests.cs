using System.Text;
using System.Text.Json.Nodes;
using Pnet.Addressing;
using Pnet.Services;
using Pnet.Services.Commands;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Services.Commands;

/// <summary>What handlers do with the output of a call: after its end, at once, half, and with what has no JSON.</summary>
public sealed class CommandOutputTests : IAsyncLifetime
{
    private const string End = "{\"end\":true}";

    private readonly MemoryTransport _near;
    private readonly MemoryTransport _far;
    private readonly LineReader _lines;
    private readonly CancellationTokenSource _stop = new();
    private readonly NodeId _caller = new(Enumerable.Repeat((byte)7, NodeId.Size).ToArray());
    private Task _serving = Task.CompletedTask;

    public CommandOutputTests()
    {
        (_near, _far) = MemoryTransport.CreatePair();
        _lines = CommandWire.CreateReader(_near);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _near.DisposeAsync();
        await _far.DisposeAsync();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    [Fact]
    public async Task A_call_that_has_ended_takes_nothing_more_and_the_next_one_gets_nothing_of_it()
    {
        var outputs = new List<CommandOutput>();
        var (entered, leave) = (new TaskCompletionSource(), new TaskCompletionSource());
        Serve(async (_, output, token) =>
        {
            outputs.Add(output);
            await output.WriteAsync(outputs.Count, token);
            if (outputs.Count == 1)
                return;
            entered.SetResult();
            await leave.Task.WaitAsync(token);
        });
        await CallAsync();
        Assert.Equal(["{\"output\":1}", End], await AnswerAsync());
        await RefusesAsync(outputs[0]);

        await CallAsync();
        await entered.Task.Soon();
        await RefusesAsync(outputs[0]);
        leave.SetResult();
        Assert.Equal(["{\"output\":2}", End], await AnswerAsync());

        await _near.EndAsync();
        await _serving.Soon();
        await RefusesAsync(outputs[0]);
        await RefusesAsync(outputs[1]);
        Assert.Null(await ReadAsync());
    }

    [Fact]
    public async Task A_call_that_failed_takes_nothing_more_either()
    {
        CommandOutput? kept = null;
        Serve((_, output, _) =>
        {
            kept = output;
            throw new InvalidOperationException("broken");
        });
        await CallAsync();
        Assert.Contains("broken", Assert.Single(await AnswerAsync()), StringComparison.Ordinal);
        await RefusesAsync(kept!);
        // The caller goes in the middle of its next call, which ends without a word.
        await CallAsync(new string(' ', CommandWire.MaxLine));
        await _serving.FailsAsync(PnetError.Protocol, "a line of more than");
        await RefusesAsync(kept!);
    }

    [Fact]
    public async Task A_write_that_its_handler_did_not_wait_for_is_of_its_call()
    {
        var large = new string('x', 4 * MemoryTransport.DefaultCapacity);
        var left = Task.CompletedTask;
        Serve((_, output, token) =>
        {
            left = left.IsCompleted ? output.WriteAsync(large, token).AsTask() : throw new InvalidOperationException("the call before has not ended");
            return Task.CompletedTask;
        });
        await CallAsync();
        await CallAsync();
        for (var i = 0; i < 2; i++)
            Assert.Equal([$"{{\"output\":\"{large}\"}}", End], await AnswerAsync());
        await left.Soon();
    }

    [Fact]
    public async Task Results_that_are_written_at_once_arrive_whole()
    {
        Serve((_, output, token) => Task.WhenAll(Enumerable.Range(0, 100).Select(i => output.WriteAsync(new string((char)('a' + (i % 26)), 5000), token).AsTask())));
        await CallAsync();
        var expected = Enumerable.Range(0, 100).Select(i => $"{{\"output\":\"{new string((char)('a' + (i % 26)), 5000)}\"}}").Append(End);
        Assert.Equal(expected.Order(), (await AnswerAsync()).Order());
    }

    [Fact]
    public async Task A_result_that_is_cancelled_in_its_middle_is_not_followed_by_another()
    {
        var next = new TaskCompletionSource<Exception>();
        Serve(async (_, output, _) =>
        {
            using var enough = new CancellationTokenSource();
            var writing = output.WriteAsync(new string('x', 4 * MemoryTransport.DefaultCapacity), enough.Token).AsTask();
            Assert.False(writing.IsCompleted);
            await enough.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.Soon());
            next.SetResult((await Record.ExceptionAsync(async () => await output.WriteAsync("more", CancellationToken.None)))!);
        });
        await CallAsync();
        Waiting.Tells(Assert.IsType<PnetException>(await next.Task.Soon()), PnetError.Closed, "in its middle");
        await _serving.FailsAsync(PnetError.Closed, "in its middle");
    }

    [Fact]
    public async Task A_write_that_waits_ends_with_the_node_though_its_handler_gave_no_token()
    {
        var writing = new TaskCompletionSource();
        Serve(async (_, output, _) =>
        {
            var write = output.WriteAsync(new string('x', 4 * MemoryTransport.DefaultCapacity), CancellationToken.None);
            writing.SetResult();
            await write;
        });
        await CallAsync();
        await writing.Task.Soon();
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _serving.Soon());
    }

    [Fact]
    public async Task A_result_without_JSON_leaves_nothing_behind()
    {
        // So many parts that some have left the writer when the last one fails.
        Serve((_, output, token) => output.WriteAsync(new JsonArray([.. Enumerable.Range(0, 10_000).Select(i => (JsonNode)i), JsonValue.Create(double.NaN)]), token).AsTask());
        for (var i = 0; i < 2; i++)
        {
            await CallAsync();
            var error = JsonNode.Parse(Assert.Single(await AnswerAsync()))!["fail"]!;
            Assert.Equal((CommandError.InvalidResult, "ResultNotJson"), ((string?)error["category"], (string?)error["id"]));
            Assert.Contains("no JSON", (string?)error["message"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_error_is_told_however_long_its_parts_are()
    {
        // Cut between the halves of a pair.
        var text = new string('x', 8 * 1024 - 1) + string.Concat(Enumerable.Repeat("\U0001F600", 1_500_000));
        Serve((_, _, _) => throw new CommandException(new CommandError(text, text, text, text, text)));
        for (var i = 0; i < 2; i++)
        {
            await CallAsync();
            var answer = Assert.Single(await AnswerAsync());
            Assert.InRange(answer.Length, 1, 64 * 1024);
            Assert.StartsWith("xxx", (string?)JsonNode.Parse(answer)!["fail"]!["message"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Half_a_pair_in_a_result_is_told_as_what_it_is()
    {
        Serve((_, output, token) => output.WriteAsync(new JsonObject { ["a\ud800"] = "b\udc00" }, token).AsTask());
        await CallAsync();
        Assert.Equal(["{\"output\":{\"a\uFFFD\":\"b\uFFFD\"}}", End], (await AnswerAsync()).Select(line => line.Replace("\\uFFFD", "\uFFFD", StringComparison.OrdinalIgnoreCase)));
    }

    private void Serve(CommandHandler handler) => _serving = CommandServer.ServeAsync(_far, _caller, new CommandInfo { Name = "test" }, handler, _stop.Token);

    private async Task CallAsync(string more = "") => await _near.WriteAsync(Encoding.UTF8.GetBytes($"{{}}{more}\n")).Soon();

    private static async Task RefusesAsync(CommandOutput output)
    {
        foreach (var write in new Func<ValueTask>[] { () => output.WriteAsync("stray"), () => output.WriteErrorAsync(new CommandError("stray")) })
            Assert.Contains("the call has ended", (await Assert.ThrowsAsync<InvalidOperationException>(() => write().AsTask().Soon())).Message, StringComparison.OrdinalIgnoreCase);
    }

    private async Task<List<string>> AnswerAsync()
    {
        var lines = new List<string>();
        do
            lines.Add((await ReadAsync())!);
        while (lines[^1] != End && !lines[^1].StartsWith("{\"fail\"", StringComparison.Ordinal));
        return lines;
    }

    private async Task<string?> ReadAsync() => await _lines.ReadAsync(default).Soon() is { } line ? Encoding.UTF8.GetString(line.Span) : null;
}
