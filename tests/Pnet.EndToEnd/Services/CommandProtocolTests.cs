using System.Text.Json;
using Pnet.Control;
using Pnet.EndToEnd.Fixture;
using Pnet.Services.Commands;

namespace Pnet.EndToEnd.Services;

/// <summary>Commands in another language, by the page on the protocol alone: a caller and a command in Python, through a relay.</summary>
public sealed class CommandProtocolTests : RowTest
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ProgramFact("python3")]
    public async Task A_caller_in_Python_calls_lists_fails_and_cancels()
    {
        await using var control = await ControlClient.ConnectAsync(Carol.SocketPath);
        await using var add = await control.RegisterCommandAsync(
            new CommandInfo { Name = "add", Parameters = [new("a", "integer", true), new("b", "integer", true)] },
            (call, _) => Task.FromResult<System.Text.Json.Nodes.JsonNode?>(call.GetInt64("a") + call.GetInt64("b")));
        await using var count = await control.RegisterCommandAsync(new CommandInfo { Name = "count", Parameters = [new("to")] }, async (call, output, token) =>
        {
            for (long i = 1; i <= call.GetInt64("to"); i++)
                await output.WriteAsync(i, token);
            await output.WriteErrorAsync(new CommandError("tired", "LimitsExceeded"), token);
            throw new InvalidOperationException("no more");
        });
        var cancelled = new TaskCompletionSource();
        await using var hang = await control.RegisterCommandAsync(new CommandInfo { Name = "hang" }, async (_, output, token) =>
        {
            await output.WriteAsync("begun", token);
            await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancelled.TrySetResult();
        });

        string[] lines = (await PythonAsync("command_client.py", Alice.SocketPath, ToCarol)).Succeeds().Output.TrimEnd().Split('\n');

        Assert.Equal(
        [
            """["add","count","get_funcs","get_peers","hang"]""",
            """{"output":3}""", "\"end\"",
            """{"output":3}""", "\"end\"",
            """{"fail":{"message":"b is not an integer: \"two\"","category":"InvalidArgument","id":"WrongType"}}""",
            """{"fail":{"message":"3 arguments, and 2 parameters: add a b","category":"InvalidArgument","id":"TooManyArguments"}}""",
            "no call",
            """{"fail":{"message":"a is missing: add a b","category":"InvalidArgument","id":"MissingArgument"}}""",
            """{"output":42}""", "\"end\"",
            """{"output":1}""", """{"output":2}""", """{"output":3}""",
            """{"error":{"message":"tired","category":"LimitsExceeded"}}""",
            """{"fail":{"message":"no more","type":"System.InvalidOperationException"}}""",
            """{"over":"the channel is over without an end"}""",
            """{"output":"begun"}""",
        ], lines.Select(Compact));
        await cancelled.Task.WaitAsync(Bounded.Wait);
    }

    [ProgramFact("python3")]
    public async Task A_command_in_Python_is_called_listed_and_fails()
    {
        await Carol.ServeAsync("cmd.divide", $"python3 {Asset("command_server.py")}");

        Assert.Equal("3\n{\"rest\": 1}\n", (await Alice.R2Async("call", ToCarol, "divide", "7", "2")).Succeeds().Output.Replace("{\"rest\":1}", "{\"rest\": 1}", StringComparison.Ordinal));
        Assert.Equal("3\n", (await Alice.R2Async("call", ToCarol, "divide", "-p", "b=2", "-p", "a=7")).Succeeds().Output.Split('\n')[0] + "\n");
        Assert.Contains("divide: 'x' is not a number", (await Alice.R2Async("call", ToCarol, "divide", "x", "2")).FailsWith(1), StringComparison.Ordinal);
        Assert.Contains("divide: integer", (await Alice.R2Async("call", ToCarol, "divide", "1", "0")).FailsWith(1), StringComparison.Ordinal);
        JsonElement error = JsonDocument.Parse((await Alice.R2Async("call", ToCarol, "divide", "1", "0", "--json")).Exits(1).Output).RootElement;
        Assert.Equal(("ZeroDivisionError", "command_server.py"), (error.GetProperty("type").GetString(), error.GetProperty("position").GetString()));
        Assert.Contains("divide", (await Alice.R2Async("commands", ToCarol)).Succeeds().Output, StringComparison.Ordinal);
    }

    private Task<Finished> PythonAsync(string script, params string[] arguments) => Network.RunAsync("python3", [Asset(script), .. arguments]);

    private static string Asset(string file) => Path.Combine(AppContext.BaseDirectory, "Services", file);

    // What the parser says of a line that is none is its own.
    private static string Compact(string line)
    {
        string compact = JsonSerializer.Serialize(JsonDocument.Parse(line).RootElement, Readable);
        return compact.Contains("that is no call", StringComparison.Ordinal) ? "no call" : compact;
    }
}
