using System.Text.Json;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Services;

/// <summary>Commands of daemons, called through one that relays.</summary>
public sealed class CommandTests : IAsyncLifetime
{
    // A command in the shell: it speaks lines of JSON.
    private const string Echo = """while read -r line; do echo "{\"output\":$line}"; echo "{\"end\":true}"; done""";

    private readonly TestNetwork _network = new();
    private Daemon _alice = null!;
    private Daemon _bob = null!;
    private Daemon _carol = null!;

    private string Carol => $"bob/{_carol.Id}";

    public async Task InitializeAsync()
    {
        _alice = await _network.DaemonAsync("alice");
        _bob = await _network.DaemonAsync("bob", "--allow", _alice.Id);
        _carol = await _network.DaemonAsync("carol", "--allow", _alice.Id);
        await TestNetwork.LinkAsync(_alice, _bob);
        await TestNetwork.LinkAsync(_bob, _carol);
        (await _carol.R2Async("serve", "-n", "cmd.echo", Echo)).Succeeds();
        (await _bob.R2Async("serve", "-n", "cmd.echo", Echo)).Succeeds();
        (await _alice.R2Async("trust", _bob.Id)).Succeeds();
    }

    public async Task DisposeAsync() => await _network.DisposeAsync();

    [Fact]
    public async Task A_command_is_called_with_JSON_text_and_names()
    {
        string output = (await _alice.R2Async("call", Carol, "echo", "1", "two", "[3]", "-p", "a=true", "-p", "b=x=y")).Succeeds().Output;
        Assert.Equal("""{"arguments":[1,"two",[3]],"parameters":{"a":true,"b":"x=y"}}""" + "\n", output);
        JsonElement answer = JsonDocument.Parse((await _alice.R2Async("call", Carol, "echo", "--json", "--", "-5")).Succeeds().Output).RootElement;
        Assert.Equal((Carol, "[-5]"), (answer.GetProperty("node").GetString(), answer.GetProperty("output").GetProperty("arguments").GetRawText()));
    }

    [Fact]
    public async Task Several_nodes_are_asked_at_once_and_one_that_fails_hides_no_other()
    {
        Finished called = await _alice.R2Async("call", $"bob,nobody,{Carol}", "echo");
        Assert.Contains("nobody: echo: ", called.FailsWith(3), StringComparison.Ordinal);
        Assert.Equal(new SortedSet<string> { "bob: {}", $"{Carol}: {{}}" }, called.Output.TrimEnd().Split('\n').ToHashSet());
        Assert.Equal("{}\n", (await _alice.R2Async("call", "*", "echo")).Succeeds().Output);
    }

    [Fact]
    public async Task Commands_and_peers_are_listed()
    {
        string list = (await _alice.R2Async("commands", Carol)).Succeeds().Output;
        Assert.Equal(["NAME", "echo", "get_funcs", "get_peers"], list.TrimEnd().Split('\n').Select(line => line.Split(' ')[0]));
        Assert.Equal(list, (await _carol.R2Async("commands")).Succeeds().Output);
        string peers = (await _alice.R2Async("call", "bob", "get_peers", "--json")).Succeeds().Output;
        Assert.Contains(_carol.Id, peers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_offers_a_command_by_the_daemon_s_library()
    {
        await _carol.WithControlAsync(async control =>
        {
            await using var offer = await Pnet.Control.CommandRegistration.RegisterCommandAsync(
                control,
                new Pnet.Services.Commands.CommandInfo { Name = "add", Parameters = [new("a", "integer", true), new("b", "integer", true)] },
                (call, _) => Task.FromResult<System.Text.Json.Nodes.JsonNode?>(call.GetInt64("a") + call.GetInt64("b")));
            Assert.Equal("3\n", (await _alice.R2Async("call", Carol, "add", "1", "2")).Succeeds().Output);
            Assert.Contains("add: b is not an integer: \"x\"", (await _alice.R2Async("call", Carol, "add", "1", "x")).FailsWith(1), StringComparison.Ordinal);
            Assert.Contains("add a b", (await _alice.R2Async("call", Carol, "add", "1", "2", "3")).FailsWith(1), StringComparison.Ordinal);
            return true;
        });
    }

    [Fact]
    public async Task A_command_that_hangs_is_cancelled_there_at_its_time_and_by_an_interrupt()
    {
        (await _carol.R2Async("serve", "-n", "cmd.hang", "sh -c 'echo \"{\\\"output\\\":1}\"; sleep 1000'")).Succeeds();
        Assert.Contains("not done within 0.5 s", (await _alice.R2Async("call", "--timeout", "500ms", Carol, "hang")).FailsWith(3), StringComparison.Ordinal);
        await _carol.UntilWithoutChildrenAsync();
        var running = _alice.StartR2("call", Carol, "hang");
        await running.LineAsync("1");
        running.Signal(Signals.Interrupt);
        Assert.Equal(130, await running.ExitAsync());
        await _carol.UntilWithoutChildrenAsync();
    }

    [Fact]
    public async Task What_can_not_be_called_is_said()
    {
        Assert.Contains("no command \"nothing\"", (await _alice.R2Async("call", Carol, "nothing")).FailsWith(1), StringComparison.Ordinal);
        Assert.Contains("does not know", (await _bob.R2Async("call", "carol", "echo")).FailsWith(4), StringComparison.Ordinal);
        Assert.Contains("does not know", (await _bob.R2Async("commands", "carol")).FailsWith(4), StringComparison.Ordinal);
        Assert.Contains("not the name of a command", (await _alice.R2Async("call", "bob", "a b")).FailsWith(2), StringComparison.Ordinal);
        Assert.Contains("NAME=VALUE", (await _alice.R2Async("call", "bob", "echo", "-p", "a")).FailsWith(2), StringComparison.Ordinal);
    }
}
