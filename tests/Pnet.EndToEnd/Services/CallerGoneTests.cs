using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Services;

/// <summary>Callers of a command that says nothing more, who go in every way there is: its program is ended.</summary>
public sealed class CallerGoneTests : IAsyncLifetime
{
    private readonly TestNetwork _network = new();
    private Daemon _alice = null!;
    private Daemon _bob = null!;
    private Daemon _carol = null!;

    private string Carol => $"bob/{_carol.Id}";

    public async Task InitializeAsync()
    {
        _alice = await _network.DaemonAsync("alice");
        _bob = await _network.DaemonAsync("bob");
        _carol = await _network.DaemonAsync("carol", "--allow", _alice.Id);
        await TestNetwork.LinkAsync(_alice, _bob);
        await TestNetwork.LinkAsync(_bob, _carol);
        (await _carol.R2Async("serve", "-n", "cmd.hang", "sh -c 'echo \"{\\\"output\\\":1}\"; exec sleep 1000'")).Succeeds();
    }

    public async Task DisposeAsync() => await _network.DisposeAsync();

    [Theory]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Terminate)]
    [InlineData(Signals.Kill)]
    public async Task A_call_that_is_ended_by_a_signal_ends_the_command(int signal)
    {
        var call = await CallAsync();
        call.Signal(signal);
        await _carol.UntilWithoutChildrenAsync();
        Assert.Equal(128 + signal, await call.ExitAsync());
    }

    [Theory]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Kill)]
    public async Task A_caller_that_has_ended_its_input_and_is_ended_by_a_signal_ends_the_command(int signal)
    {
        var caller = await HalfClosedAsync();
        caller.Signal(signal);
        await _carol.UntilWithoutChildrenAsync();
        await caller.ExitAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_link_that_is_cut_on_the_way_ends_the_command_and_the_call(bool halfClosed)
    {
        var caller = halfClosed ? await HalfClosedAsync() : await CallAsync();
        (await _alice.R2Async("disconnect", "bob")).Succeeds();
        await _carol.UntilWithoutChildrenAsync();
        Assert.NotEqual(0, await caller.ExitAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_caller_s_daemon_that_is_killed_ends_the_command_and_the_call(bool halfClosed)
    {
        var caller = halfClosed ? await HalfClosedAsync() : await CallAsync();
        await _alice.KillAsync();
        await _carol.UntilWithoutChildrenAsync();
        Assert.NotEqual(0, await caller.ExitAsync());
    }

    [Fact]
    public async Task A_relay_that_is_killed_ends_the_command_and_the_call()
    {
        var caller = await HalfClosedAsync();
        await _bob.KillAsync();
        await _carol.UntilWithoutChildrenAsync();
        Assert.NotEqual(0, await caller.ExitAsync());
    }

    [Fact]
    public async Task A_call_whose_reader_has_enough_ends_the_command()
    {
        (await _carol.R2Async("serve", "-n", "cmd.flood", "sh -c 'read -r call; while echo \"{\\\"output\\\":1}\"; do :; done'")).Succeeds();
        Finished called = await _network.ShAsync($"r2 -s {_alice.SocketPath} call {Carol} flood | head -n 3");
        Assert.Equal("1\n1\n1\n", called.Succeeds().Output);
        await _carol.UntilWithoutChildrenAsync();
    }

    private async Task<Running> CallAsync()
    {
        var call = _alice.StartR2("call", Carol, "hang");
        await call.LineAsync("1");
        return call;
    }

    // Any program can be a caller: this one says all that it has to say at once.
    private async Task<Running> HalfClosedAsync()
    {
        var caller = _alice.StartR2("tunnel", $"{Carol}/service:cmd.hang", "-");
        await caller.Input.WriteAsync("{}\n"u8.ToArray());
        caller.Input.Close();
        await caller.LineAsync("""{"output":1}""");
        return caller;
    }
}
