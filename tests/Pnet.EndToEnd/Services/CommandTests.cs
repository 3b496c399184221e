using System.Text.Json;
using System.Text.Json.Nodes;
using Pnet.EndToEnd.Fixture;
using Pnet.Services.Commands;

namespace Pnet.EndToEnd.Services;

/// <summary>Commands of daemons, called through one that relays.</summary>
public sealed class CommandTests : RowTest
{
    // A command in the shell: it speaks lines of JSON.
    private const string Echo = """while read -r line; do echo "{\"output\":$line}"; echo "{\"end\":true}"; done""";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Carol.ServeAsync("cmd.echo", Echo);
        await Bob.ServeAsync("cmd.echo", Echo);
    }

    [Fact]
    public async Task A_command_is_called_with_JSON_text_and_names()
    {
        string output = (await Alice.R2Async("call", ToCarol, "echo", "1", "two", "[3]", "-p", "a=true", "-p", "b=x=y")).Succeeds().Output;
        Assert.Equal("""{"arguments":[1,"two",[3]],"parameters":{"a":true,"b":"x=y"}}""" + "\n", output);
        JsonElement answer = JsonDocument.Parse((await Alice.R2Async("call", ToCarol, "echo", "--json", "--", "-5")).Succeeds().Output).RootElement;
        Assert.Equal((ToCarol, "[-5]"), (answer.GetProperty("node").GetString(), answer.GetProperty("output").GetProperty("arguments").GetRawText()));
    }

    [Fact]
    public async Task What_a_node_answers_can_not_write_to_the_terminal_what_it_likes()
    {
        const string odd = """read -r l; printf '{"output":["\302\2331m",\r"x"]}\n{"output":"\\u001b]0;x"}\n{"error":{"message":"\\u001b[2J"}}\n{"end":true}\n'; cat""";
        await Bob.ServeAsync("cmd.odd", odd);
        Finished called = await Alice.R2Async("call", "bob", "odd");
        Assert.Contains(@"odd: \u001b[2J", called.FailsWith(1), StringComparison.Ordinal);
        Assert.Equal("[\"\\u009b1m\", \"x\"]\n\\u001b]0;x\n", called.Output);
        (await Bob.R2Async("unserve", "cmd.odd")).Succeeds();
    }

    [Fact]
    public async Task Several_nodes_are_asked_at_once_and_one_that_fails_hides_no_other()
    {
        Finished called = await Alice.R2Async("call", $"bob,nobody,{ToCarol}", "echo");
        Assert.Contains("nobody: echo: ", called.FailsWith(3), StringComparison.Ordinal);
        Assert.Equal(new SortedSet<string> { "bob: {}", $"{ToCarol}: {{}}" }, called.Output.TrimEnd().Split('\n').ToHashSet());
        Assert.Equal("{}\n", (await Alice.R2Async("call", "*", "echo")).Succeeds().Output);
    }

    [Fact]
    public async Task Commands_and_peers_are_listed()
    {
        string list = (await Alice.R2Async("commands", ToCarol)).Succeeds().Output;
        Assert.Equal(["NAME", "echo", "get_funcs", "get_peers"], list.TrimEnd().Split('\n').Select(line => line.Split(' ')[0]));
        Assert.Equal(list, (await Carol.R2Async("commands")).Succeeds().Output);
        string peers = (await Alice.R2Async("call", "bob", "get_peers", "--json")).Succeeds().Output;
        Assert.Contains(Carol.Id, peers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_offers_a_command_by_the_daemon_s_library()
    {
        await Carol.WithControlAsync(async control =>
        {
            await using var offer = await Pnet.Control.CommandRegistration.RegisterCommandAsync(
                control,
                new Pnet.Services.Commands.CommandInfo { Name = "add", Parameters = [new("a", "integer", true), new("b", "integer", true)] },
                (call, _) => Task.FromResult<System.Text.Json.Nodes.JsonNode?>(call.GetInt64("a") + call.GetInt64("b")));
            Assert.Equal("3\n", (await Alice.R2Async("call", ToCarol, "add", "1", "2")).Succeeds().Output);
            Assert.Contains("add: b is not an integer: \"x\"", (await Alice.R2Async("call", ToCarol, "add", "1", "x")).FailsWith(1), StringComparison.Ordinal);
            Assert.Contains("add a b", (await Alice.R2Async("call", ToCarol, "add", "1", "2", "3")).FailsWith(1), StringComparison.Ordinal);
            return true;
        });
    }

    [Fact]
    public async Task A_command_that_hangs_is_cancelled_there_at_its_time_and_by_an_interrupt()
    {
        await Carol.ServeAsync("cmd.hang", "sh -c 'echo \"{\\\"output\\\":1}\"; sleep 1000'");
        // Its time begins before it does: where nothing of it has come by then, it gets more.
        double seconds = 0.5;
        Finished late = await Alice.R2Async("call", "--timeout", $"{seconds}", ToCarol, "hang");
        for (; late.Output.Length == 0 && seconds < 16; late = await Alice.R2Async("call", "--timeout", $"{seconds}", ToCarol, "hang"))
            seconds *= 2;
        Assert.Contains($"not done within {seconds} s", late.FailsWith(3), StringComparison.Ordinal);
        Assert.Equal("1\n", late.Output);
        await Carol.UntilWithoutChildrenAsync();
        var running = Alice.StartR2("call", ToCarol, "hang");
        await running.LineAsync("1");
        running.Signal(Signals.Interrupt);
        Assert.Equal(130, await running.ExitAsync());
        await Carol.UntilWithoutChildrenAsync();
    }

    [Fact]
    public async Task What_can_not_be_called_is_said()
    {
        Assert.Contains("no command \"nothing\"", (await Alice.R2Async("call", ToCarol, "nothing")).FailsWith(3), StringComparison.Ordinal);
        Assert.Contains("does not know", (await Bob.R2Async("call", "carol", "echo")).FailsWith(4), StringComparison.Ordinal);
        Assert.Contains("does not know", (await Bob.R2Async("commands", "carol")).FailsWith(4), StringComparison.Ordinal);
        Assert.Contains("not the name of a command", (await Alice.R2Async("call", "bob", "a b")).FailsWith(2), StringComparison.Ordinal);
        Assert.Contains("NAME=VALUE", (await Alice.R2Async("call", "bob", "echo", "-p", "a")).FailsWith(2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_handler_throws_and_what_has_no_line_is_told_and_the_others_results_stay()
    {
        await using var control = await Pnet.Control.ControlClient.ConnectAsync(Carol.SocketPath);
        JsonNode deep = 1;
        for (int i = 0; i < 70; i++)
            deep = new JsonArray(deep);
        JsonNode?[] results = [deep, new string('x', 5 << 20), "fits"];
        await using var pick = await Pnet.Control.CommandRegistration.RegisterCommandAsync(
            control, new CommandInfo { Name = "pick", Parameters = [new("which")] }, (call, _) => Task.FromResult(results[call.GetInt64("which")]));
        await using var broken = await Pnet.Control.CommandRegistration.RegisterCommandAsync(control, new CommandInfo { Name = "broken" }, async (_, output, token) =>
        {
            await output.WriteAsync("before", token);
            await output.WriteErrorAsync(new CommandError("half", "ReadError", "Half", null, "at line 1"), token);
            throw new InvalidDataException("broken to the end");
        });

        Assert.Contains("pick: a result has no JSON", (await Alice.R2Async("call", ToCarol, "pick", "0")).FailsWith(1), StringComparison.Ordinal);
        Assert.Contains("4194304 is the most", (await Alice.R2Async("call", ToCarol, "pick", "1")).FailsWith(1), StringComparison.Ordinal);
        Assert.Equal("fits\n", (await Alice.R2Async("call", ToCarol, "pick", "2")).Succeeds().Output);
        Finished text = (await Alice.R2Async("call", ToCarol, "broken")).Exits(1);
        Assert.Equal("before\n", text.Output);
        Assert.Equal([$"r2: {ToCarol}: broken: half", $"r2: {ToCarol}: broken: broken to the end"], text.Error.TrimEnd().Split('\n'));
        JsonElement[] json = [.. (await Alice.R2Async("call", ToCarol, "broken", "--json")).Exits(1).Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal("before", json[0].GetProperty("output").GetString());
        JsonElement half = json[1];
        Assert.Equal(("half", "ReadError", "Half", "at line 1"), (half.GetProperty("error").GetString(), half.GetProperty("category").GetString(), half.GetProperty("id").GetString(), half.GetProperty("position").GetString()));
        Assert.Equal("System.IO.InvalidDataException", json[2].GetProperty("type").GetString());
        Assert.All(json, one => Assert.Equal(ToCarol, one.GetProperty("node").GetString()));
    }

    [Fact]
    public async Task One_of_ten_that_can_not_be_reached_is_one_error_beside_nine_results_and_none_waits_for_another()
    {
        var released = new TaskCompletionSource();
        string[] targets = ["n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "nobody", ToCarol];
        var nodes = new List<Node>();
        try
        {
            foreach (string name in targets[..8])
            {
                Node node = await Node.StartAsync(new NodeOptions { Key = Pnet.Crypto.NodeKey.Generate(), Name = name, Allow = [Alice.Id] });
                nodes.Add(node);
                string endpoint = (await node.Control.AddListenerAsync($"unix://{Network.PathOf(name)}")).Endpoint;
                (await Alice.R2Async("connect", endpoint)).Succeeds();
                // The first one that is asked answers last.
                await Pnet.Control.CommandRegistration.RegisterCommandAsync(node.Control, new CommandInfo { Name = "echo" }, async (_, _) =>
                {
                    if (name == "n0")
                        await released.Task;
                    return name;
                });
            }

            var call = Alice.StartR2("call", string.Join(',', targets), "echo");
            foreach (string name in targets[1..8])
                await Bounded.UntilAsync(name, () => call.Text.Contains($"{name}: {name}", StringComparison.Ordinal), state: () => call.Text);
            await Bounded.UntilAsync("the far one", () => call.Text.Contains($"{ToCarol}: {{}}", StringComparison.Ordinal), state: () => call.Text);
            Assert.DoesNotContain("n0: n0", call.Text, StringComparison.Ordinal);
            released.SetResult();
            Assert.Equal(3, await call.ExitAsync());
            string[] lines = call.Text.Split('\n');
            Assert.Equal(10, lines.Length);
            Assert.Single(lines, line => line.StartsWith("r2: nobody: echo: ", StringComparison.Ordinal));
        }
        finally
        {
            foreach (Node node in nodes)
                await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Sums_are_called_for_in_JSON()
    {
        await using var control = await Pnet.Control.ControlClient.ConnectAsync(Bob.SocketPath);
        await using var add = await Pnet.Control.CommandRegistration.RegisterCommandAsync(
            control,
            new CommandInfo { Name = "add", Help = "Adds two numbers.", Parameters = [new("a", "integer", true), new("b", "integer", true)] },
            (call, _) => Task.FromResult<JsonNode?>(call.GetInt64("a") + call.GetInt64("b")));
        Assert.Equal("""{"node":"bob","output":3}""", JsonSerializer.Serialize(await Alice.AskAsync("call", "bob", "add", "1", "2")));
        JsonElement listed = (await Alice.AskAsync("commands", "bob"))[0];
        Assert.Equal(("add", "Adds two numbers."), (listed.GetProperty("name").GetString(), listed.GetProperty("help").GetString()));
        Assert.Equal(["a", "b"], listed.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString()));
    }
}
