using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Services.Commands;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Services.Commands;

/// <summary>Alice calls commands of carol through bob, who can't read them.</summary>
public sealed class CommandTests : NodeRowTest
{
    private static readonly CommandInfo Add = new() { Name = "add", Help = "Adds.", Parameters = [new("a", "integer", true), new("b", "integer", true)] };

    private CommandClient _client = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _client = new CommandClient(Alice.Control);
    }

    [Fact]
    public async Task A_function_is_called_with_arguments_by_position_and_by_name()
    {
        await using var offer = await OfferAddAsync(Carol.Control);
        Assert.Equal(3, (await _client.CallAsync(ToCarol, "add", [1, 2], Token))!.Value.GetInt64());
        Assert.Equal([7L], await AllAsync("add", new CommandRequest { Arguments = [3], Parameters = new Dictionary<string, JsonNode?> { ["A"] = 4 } }));
    }

    [Fact]
    public async Task A_manager_in_another_process_offers_a_command_for_as_long_as_it_stays()
    {
        var manager = await ControlClient.ConnectAsync(CarolSocket).Soon();
        await OfferAddAsync(manager);
        Assert.Equal(3, (await _client.CallAsync(ToCarol, "add", [1, 2], Token))!.Value.GetInt64());
        Assert.Equal(3, (await new CommandClient(manager).CallAsync(AddressPath.Self, "add", [1, 2], Token))!.Value.GetInt64());
        await manager.DisposeAsync();
        await Waiting.UntilAsync(() => Carol.Control.GetServicesAsync().Result.Count == 0, "the command is gone");
        await _client.CallAsync(ToCarol, "add", [1, 2], Token).FailsAsync(PnetError.NotFound, "has no command \"add\"");
    }

    [Fact]
    public async Task A_connection_carries_calls_one_after_the_other()
    {
        await using var offer = await OfferAddAsync(Carol.Control);
        await using var connection = await _client.OpenAsync(ToCarol, "add", Token);
        for (var i = 0; i < 200; i++)
        {
            var request = new CommandRequest { Arguments = i % 2 == 0 ? [i, 1] : [i] };
            if (i % 2 == 0)
                Assert.Equal(i + 1, (await FirstAsync(connection.InvokeAsync(request, Token))).GetInt64());
            else
                Assert.Equal(CommandError.InvalidArgument, (await Assert.ThrowsAsync<CommandException>(() => FirstAsync(connection.InvokeAsync(request, Token)))).Error.Category);
        }
    }

    [Theory]
    [InlineData("[1]", "{}", "b is missing", "MissingArgument")]
    [InlineData("[1,2,3]", "{}", "3 arguments", "TooManyArguments")]
    [InlineData("[1]", "{\"c\":1}", "no parameter c", "UnknownParameter")]
    [InlineData("[1,\"x\"]", "{}", "b is not an integer: \"x\"", "WrongType")]
    [InlineData("[1,1.5]", "{}", "b is not an integer: 1.5", "WrongType")]
    [InlineData("[1,{}]", "{}", "b is not an integer", "WrongType")]
    public async Task Arguments_that_do_not_fit_are_refused(string arguments, string parameters, string message, string id)
    {
        await using var offer = await OfferAddAsync(Carol.Control);
        var request = new CommandRequest { Arguments = [.. JsonNode.Parse(arguments)!.AsArray()], Parameters = JsonNode.Parse(parameters)!.AsObject().ToDictionary(p => p.Key, p => p.Value) };
        var error = (await Assert.ThrowsAsync<CommandException>(() => AllAsync("add", request))).Error;
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal((CommandError.InvalidArgument, id), (error.Category, error.Id));
    }

    [Fact]
    public async Task What_a_handler_throws_and_tells_is_its_caller_s()
    {
        await using var offer = await Carol.Control.RegisterCommandAsync(new CommandInfo { Name = "broken" }, async (call, output, token) =>
        {
            await output.WriteAsync(1, token);
            await output.WriteErrorAsync(new CommandError("half broken", "ReadError", "Half", "T", "line 3"), token);
            await output.WriteAsync(2, token);
            throw new NotSupportedException("broken to the end");
        });
        var replies = new List<CommandReply>();
        var failure = await Assert.ThrowsAsync<CommandException>(async () =>
        {
            await foreach (var reply in _client.InvokeAsync(ToCarol, "broken", CommandRequest.Empty, Token))
                replies.Add(reply);
        });
        Assert.Equal(new CommandError("broken to the end", Type: "System.NotSupportedException"), failure.Error);
        Assert.Equal([null, new CommandError("half broken", "ReadError", "Half", "T", "line 3"), null], replies.Select(r => r.Error));
    }

    [Fact]
    public async Task Cancelling_here_cancels_a_handler_that_hangs_there()
    {
        var (entered, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var offer = await Carol.Control.RegisterCommandAsync(new CommandInfo { Name = "hang" }, async (_, _, token) =>
        {
            entered.SetResult();
            using var registration = token.Register(cancelled.SetResult);
            await Task.Delay(Timeout.Infinite, token);
        });
        using var stop = new CancellationTokenSource();
        var call = AllAsync("hang", CommandRequest.Empty, stop.Token);
        await entered.Task.Soon();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        await cancelled.Task.Soon();
        await Waiting.UntilAsync(() => Carol.Control.GetServicesAsync().Result[0].Active == 0, "the channel is gone");
    }

    [Fact]
    public async Task A_handler_that_floods_is_held_back_and_ends_when_its_caller_has_enough()
    {
        long written = 0;
        var ended = new TaskCompletionSource();
        var filler = new string('x', 1000);
        await using var offer = await Carol.Control.RegisterCommandAsync(new CommandInfo { Name = "flood" }, async (_, output, token) =>
        {
            try
            {
                while (true)
                {
                    await output.WriteAsync(filler, token);
                    Interlocked.Increment(ref written);
                }
            }
            finally
            {
                ended.SetResult();
            }
        });
        var read = 0;
        await foreach (var reply in _client.InvokeAsync(ToCarol, "flood", CommandRequest.Empty, Token))
        {
            Assert.Equal(1000, reply.Output.GetString()!.Length);
            if (++read == 10)
            {
                // It stands still once the windows on its way are full.
                long before;
                do
                {
                    before = Interlocked.Read(ref written);
                    await Task.Delay(200, Token);
                }
                while (before != Interlocked.Read(ref written));
                // 16 MiB a channel is the most there can be, in four places.
                Assert.InRange(before, 10, 4 * 16 * 1024);
            }
            if (read == 1000)
                break;
        }
        await ended.Task.Soon();
    }

    [Fact]
    public async Task A_result_that_has_no_line_is_an_error_and_the_connection_goes_on()
    {
        JsonNode deep = 1;
        for (var i = 0; i < 70; i++)
            deep = new JsonArray(deep);
        JsonNode?[] results = [deep, new string('x', CommandWire.MaxLine), "fits"];
        await using var offer = await Carol.Control.RegisterCommandAsync(
            new CommandInfo { Name = "pick", Parameters = [new("which")] }, (call, _) => Task.FromResult(results[call.GetInt64("which")]));
        await using var connection = await _client.OpenAsync(ToCarol, "pick", Token);
        foreach (var (which, id) in new[] { (0, "ResultTooDeep"), (1, "ResultTooLarge") })
        {
            var failure = await Assert.ThrowsAsync<CommandException>(() => FirstAsync(connection.InvokeAsync(new CommandRequest { Arguments = [which] }, Token)));
            Assert.Equal((CommandError.InvalidResult, id), (failure.Error.Category, failure.Error.Id));
        }
        Assert.Equal("fits", (await FirstAsync(connection.InvokeAsync(new CommandRequest { Arguments = [2] }, Token))).GetString());
    }

    [Fact]
    public async Task Arguments_that_fit_no_line_are_refused_here_and_the_connection_goes_on()
    {
        JsonNode deep = 1;
        for (var i = 0; i < CommandWire.MaxDepth; i++)
            deep = new JsonArray(deep);
        await using var offer = await OfferAddAsync(Carol.Control);
        await using var connection = await _client.OpenAsync(ToCarol, "add", Token);
        foreach (var (argument, words) in new (JsonNode, string)[] { (new string('x', CommandWire.MaxLine), "4 MiB"), (deep, "depth") })
            await Waiting.FailsAsync(() => FirstAsync(connection.InvokeAsync(new CommandRequest { Arguments = [argument, 1] }, Token)), PnetError.Usage, words);
        Assert.Equal(3, (await FirstAsync(connection.InvokeAsync(new CommandRequest { Arguments = [1, 2] }, Token))).GetInt64());
    }

    [Fact]
    public async Task A_server_that_can_not_answer_leaves_no_read_behind()
    {
        var transport = new DeafTransport();
        await Assert.ThrowsAsync<IOException>(() => CommandServer.ServeAsync(transport, Alice.Id, Add, (_, _, _) => Task.CompletedTask, Token).Soon());
        Assert.True(transport.Reading.IsCanceled);
    }

    [Fact]
    public async Task Results_of_several_megabytes_arrive_whole()
    {
        var text = new string('ü', 900_000);
        await using var offer = await Carol.Control.RegisterCommandAsync(new CommandInfo { Name = "echo", Parameters = [new("text")] }, (call, _) => Task.FromResult<JsonNode?>(call.GetString("text")));
        Assert.Equal(text, (await _client.CallAsync(ToCarol, "echo", [text], Token))!.Value.GetString());
    }

    [Fact]
    public async Task Every_node_lists_its_commands_and_its_peers()
    {
        await using var offer = await OfferAddAsync(Carol.Control);
        await Carol.Control.AddServiceAsync(new ServiceRequest { Name = "cmd.program", Transport = "cat" });
        var commands = await _client.GetCommandsAsync(ToCarol, Token);
        Assert.Equal(["add", "get_funcs", "get_peers", "program"], commands.Select(c => c.Name));
        Assert.Equal("Adds.", commands[0].Help);
        Assert.Equal(Add.Parameters, commands[0].Parameters);
        Assert.Null(commands[3].Parameters);
        var peers = new List<string?>();
        await foreach (var reply in _client.InvokeAsync(ToCarol, "get_peers", CommandRequest.Empty, Token))
            peers.Add(reply.Output.GetProperty("name").GetString());
        Assert.Equal(["alice", "bob"], peers.Order());
    }

    [Fact]
    public async Task A_program_that_speaks_lines_of_JSON_is_a_command()
    {
        await Carol.Control.AddServiceAsync(new ServiceRequest
        {
            Name = "cmd.hello",
            Transport = """sh -c 'while read -r line; do echo "{\"output\":\"hello\"}"; echo "{\"output\":$line}"; echo "{\"end\":true}"; done'""",
        });
        await using var connection = await _client.OpenAsync(ToCarol, "hello", Token);
        for (var i = 0; i < 3; i++)
        {
            var results = new List<string>();
            await foreach (var reply in connection.InvokeAsync(new CommandRequest { Arguments = [i] }, Token))
                results.Add(reply.Output.GetRawText());
            Assert.Equal(["\"hello\"", $"{{\"arguments\":[{i}]}}"], results);
        }
    }

    [Theory]
    [InlineData("exit 3", PnetError.Failed, "ended without an answer (status 3)")]
    [InlineData("echo hello; cat", PnetError.Protocol, "no answer in JSON: ")]
    [InlineData("echo {}; cat", PnetError.Protocol, "without output")]
    [InlineData("""echo "{\"fail\":{}}"; cat""", PnetError.Protocol, "")]
    [InlineData("""echo "{\"error\":3}"; cat""", PnetError.Protocol, "no answer in JSON: ")]
    [InlineData("""echo "{\"output\":[\"\ud800\"]}"; cat""", PnetError.Protocol, "no answer in JSON: ")]
    [InlineData("""echo "{\"output\":{\"\udc00\":1}}"; cat""", PnetError.Protocol, "no answer in JSON: ")]
    [InlineData("""printf '{"output":"\377"}\n'; cat""", PnetError.Protocol, "not UTF-8")]
    public async Task A_program_that_speaks_anything_else_is_an_error(string script, PnetError error, string words)
    {
        await Carol.Control.AddServiceAsync(new ServiceRequest { Name = "cmd.odd", Transport = $"read -r line; {script}" });
        await Waiting.FailsAsync(() => AllAsync("odd", CommandRequest.Empty), error, words);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("{\"arguments\":1}")]
    [InlineData("{\"parameters\":[]}")]
    [InlineData("")]
    public async Task A_call_of_another_form_is_answered_with_an_error_and_the_next_one_is_served(string line)
    {
        await using var offer = await OfferAddAsync(Carol.Control);
        await using var channel = await Alice.Control.OpenAsync(ToCarol.WithService("cmd.add")).Soon();
        await channel.WriteAsync(Encoding.UTF8.GetBytes($"{line}\n{{\"arguments\":[1,2]}}\n"), Token);
        await channel.EndAsync(cancellationToken: Token);
        var lines = CommandWire.CreateReader(channel);
        var failure = Text(await lines.ReadAsync(Token));
        Assert.StartsWith("{\"fail\":{\"message\":\"that is no call", failure, StringComparison.Ordinal);
        Assert.Equal("{\"output\":3}", Text(await lines.ReadAsync(Token)));
        Assert.Equal("{\"end\":true}", Text(await lines.ReadAsync(Token)));
        Assert.Null(await lines.ReadAsync(Token));
    }

    [Theory]
    [InlineData("add", CommandWire.MaxLine)]
    [InlineData("get_peers", BuiltInCommands.MaxLine)]
    public async Task A_line_without_end_is_cut_off(string name, int most)
    {
        await using var offer = await OfferAddAsync(Carol.Control);
        await using var channel = await Alice.Control.OpenAsync(ToCarol.WithService($"cmd.{name}")).Soon();
        await Waiting.FailsAsync(
            async () =>
            {
                var block = new byte[64 * 1024];
                for (var i = 0; i < 1000; i++)
                    await channel.WriteAsync(block, Token);
            },
            PnetError.Protocol,
            $"a line of more than {most} bytes");
    }

    [Fact]
    public async Task A_stranger_may_call_nothing_and_is_not_told_what_there_is()
    {
        await using var offer = await OfferAddAsync(Carol.Control);
        var mallory = await Nodes.StartAsync("mallory");
        await TestNodes.LinkAsync(mallory, Carol);
        foreach (var name in new[] { "add", "nothing", "get_funcs", "get_peers" })
            await new CommandClient(mallory.Control).CallAsync(AddressPath.Parse("carol"), name, [], Token).FailsAsync(PnetError.Refused, "does not know");
    }

    [Fact]
    public async Task Who_is_not_there_and_what_is_no_name_is_said()
    {
        await _client.CallAsync(AddressPath.Parse("nobody"), "add", [], Token).FailsAsync(PnetError.NotFound, "nobody");
        await _client.CallAsync(ToCarol, "nothing", [], Token).FailsAsync(PnetError.NotFound, "no command \"nothing\"");
        Assert.Contains("no name", (await Assert.ThrowsAsync<FormatException>(() => _client.CallAsync(ToCarol, "no name", [], Token))).Message, StringComparison.Ordinal);
        await using var offer = await OfferAddAsync(Carol.Control);
        await OfferAddAsync(Carol.Control).FailsAsync(PnetError.AlreadyExists, "cmd.add");
    }

    [Fact]
    public async Task Many_calls_at_once_are_all_answered_with_their_own_results()
    {
        await using var offer = await OfferAddAsync(Carol.Control);
        var sums = await Task.WhenAll(Enumerable.Range(0, 500).Select(async i => (await _client.CallAsync(ToCarol, "add", [i, i], Token))!.Value.GetInt64()));
        Assert.Equal(Enumerable.Range(0, 500).Select(i => 2L * i), sums);
    }

    private static Task<IAttachedService> OfferAddAsync(INodeControl node) => node.RegisterCommandAsync(
        Add, (call, _) => Task.FromResult<JsonNode?>(call.GetInt64("a") + call.GetInt64("b")));

    private async Task<List<long>> AllAsync(string name, CommandRequest request, CancellationToken token = default)
    {
        var results = new List<long>();
        await foreach (var reply in _client.InvokeAsync(ToCarol, name, request, token == default ? Token : token))
            results.Add(reply.Output.GetInt64());
        return results;
    }

    private static async Task<JsonElement> FirstAsync(IAsyncEnumerable<CommandReply> replies)
    {
        JsonElement? first = null;
        await foreach (var reply in replies)
            first ??= reply.Output;
        return first!.Value;
    }

    private static string Text(ReadOnlyMemory<byte>? line) => Encoding.UTF8.GetString(line!.Value.Span);

    /// <summary>Has one call, takes no answer, and says no more.</summary>
    private sealed class DeafTransport : ITransport
    {
        private bool _called;

        public string Description => "deaf";

        public int? EndStatus => null;

        /// <summary>What waits for the next call.</summary>
        public Task<int> Reading { get; private set; } = Task.FromResult(0);

        public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_called)
            {
                var never = new TaskCompletionSource<int>();
                return new(Reading = never.Task.WaitAsync(cancellationToken));
            }
            _called = true;
            "{\"arguments\":[1,2]}\n"u8.CopyTo(buffer.Span);
            return new(20);
        }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("it can't be written");

        public ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default) => default;

        public ValueTask DisposeAsync() => default;
    }
}
