using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Services;

/// <summary>Callers of a command that says nothing more, who go in every way there is: its program is ended.</summary>
public sealed class CallerGoneTests : RowTest
{

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Carol.ServeAsync("cmd.hang", "sh -c 'echo \"{\\\"output\\\":1}\"; exec sleep 1000'");
    }

    [Theory]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Terminate)]
    [InlineData(Signals.Kill)]
    public async Task A_call_that_is_ended_by_a_signal_ends_the_command(int signal)
    {
        var call = await CallAsync();
        call.Signal(signal);
        await Carol.UntilWithoutChildrenAsync();
        Assert.Equal(128 + signal, await call.ExitAsync());
    }

    [Theory]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Kill)]
    public async Task A_caller_that_has_ended_its_input_and_is_ended_by_a_signal_ends_the_command(int signal)
    {
        var caller = await HalfClosedAsync();
        caller.Signal(signal);
        await Carol.UntilWithoutChildrenAsync();
        await caller.ExitAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_link_that_is_cut_on_the_way_ends_the_command_and_the_call(bool halfClosed)
    {
        var caller = halfClosed ? await HalfClosedAsync() : await CallAsync();
        (await Alice.R2Async("disconnect", "bob")).Succeeds();
        await Carol.UntilWithoutChildrenAsync();
        Assert.NotEqual(0, await caller.ExitAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_caller_s_daemon_that_is_killed_ends_the_command_and_the_call(bool halfClosed)
    {
        var caller = halfClosed ? await HalfClosedAsync() : await CallAsync();
        await Alice.KillAsync();
        await Carol.UntilWithoutChildrenAsync();
        Assert.NotEqual(0, await caller.ExitAsync());
    }

    [Fact]
    public async Task A_relay_that_is_killed_ends_the_command_and_the_call()
    {
        var caller = await HalfClosedAsync();
        await Bob.KillAsync();
        await Carol.UntilWithoutChildrenAsync();
        Assert.NotEqual(0, await caller.ExitAsync());
    }

    [Fact]
    public async Task A_call_whose_reader_has_enough_ends_the_command()
    {
        await Carol.ServeAsync("cmd.flood", "sh -c 'read -r call; while echo \"{\\\"output\\\":1}\"; do :; done'");
        Finished called = await Network.ShAsync($"r2 -s {Alice.SocketPath} call {ToCarol} flood | head -n 3");
        Assert.Equal("1\n1\n1\n", called.Succeeds().Output);
        await Carol.UntilWithoutChildrenAsync();
    }

    private async Task<Running> CallAsync()
    {
        var call = Alice.StartR2("call", ToCarol, "hang");
        await call.LineAsync("1");
        return call;
    }

    // Any program can be a caller: this one says all that it has to say at once.
    private async Task<Running> HalfClosedAsync()
    {
        var caller = Alice.StartR2("tunnel", $"{ToCarol}/service:cmd.hang", "-");
        await caller.Input.WriteAsync("{}\n"u8.ToArray());
        caller.Input.Close();
        await caller.LineAsync("""{"output":1}""");
        return caller;
    }
}
