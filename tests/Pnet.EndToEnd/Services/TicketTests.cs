using System.Text.Json;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Services;

/// <summary>Two people connect by copy and paste.</summary>
public sealed class TicketTests : IAsyncLifetime
{
    private readonly TestNetwork _network = new();
    private Daemon _alice = null!;
    private Daemon _bob = null!;

    public async Task InitializeAsync()
    {
        _alice = await _network.DaemonAsync("alice", "-l", "tcp://0.0.0.0:0", "cat");
        _bob = await _network.DaemonAsync("bob");
    }

    public async Task DisposeAsync() => await _network.DisposeAsync();

    [Fact]
    public async Task A_ticket_leads_to_its_node_through_the_machine_s_own_addresses()
    {
        var view = JsonDocument.Parse((await _alice.R2Async("ticket", "--json")).Succeeds().Output).RootElement;
        Assert.All(view.GetProperty("endpoints").EnumerateArray(), endpoint => Assert.DoesNotContain("0.0.0.0", endpoint.GetString(), StringComparison.Ordinal));
        Assert.Contains("alice", (await _bob.R2Async("connect", view.GetProperty("ticket").GetString()!)).Succeeds().Output, StringComparison.Ordinal);
        Assert.Contains("refused", (await _bob.R2Async("x"u8.ToArray(), "tunnel", "alice", "-")).FailsWith(4), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_one_time_ticket_lets_the_first_in_and_nobody_after_it()
    {
        string ticket = (await _alice.R2Async("ticket", "--one-time", "--expires", "1h", "--name", "friend")).Succeeds().Output.Trim();
        (await _bob.R2Async("connect", ticket)).Succeeds();
        Assert.Equal("hello", (await _bob.R2Async("hello"u8.ToArray(), "tunnel", "alice", "-")).Succeeds().Output);
        Assert.Contains("friend", (await _alice.R2Async("trust")).Succeeds().Output, StringComparison.Ordinal);

        Daemon carol = await _network.DaemonAsync("carol");
        Assert.Contains("was used already", (await carol.R2Async("connect", ticket)).FailsWith(4), StringComparison.Ordinal);
        Assert.DoesNotContain("alice", (await carol.R2Async("ls")).Succeeds().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ticket_of_another_node_at_the_same_place_is_an_identity_mismatch()
    {
        Daemon carol = await _network.DaemonAsync("carol", "-l", "tcp://127.0.0.1:0");
        var alices = JsonDocument.Parse((await _alice.R2Async("ticket", "--json")).Succeeds().Output).RootElement.GetProperty("endpoints")[0].GetString()!;
        string wrong = (await carol.R2Async("ticket", "-e", alices)).Succeeds().Output.Trim();
        Assert.Contains("identity mismatch", (await _bob.R2Async("connect", wrong)).FailsWith(4), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Whoever_has_no_network_key_has_no_use_for_a_ticket()
    {
        string key = _network.PathOf("network.key");
        (await _alice.R2Async("key", "network", key)).Succeeds();
        Daemon closed = await _network.DaemonAsync("closed", "-l", "tcp://127.0.0.1:0", "--network-key", key);
        string ticket = (await closed.R2Async("ticket", "--one-time")).Succeeds().Output.Trim();
        Assert.Contains("network key", (await _bob.R2Async("connect", ticket)).FailsWith(4), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("touch x")]
    [InlineData("exec://x")]
    public async Task No_ticket_holds_what_would_start_something(string endpoint) =>
        Assert.Contains("no endpoint for a ticket", (await _alice.R2Async("ticket", "-e", endpoint)).FailsWith(2), StringComparison.Ordinal);

    [Fact]
    public async Task What_is_cut_off_is_said_to_be_and_is_no_command_line()
    {
        string ticket = (await _alice.R2Async("ticket")).Succeeds().Output.Trim();
        Assert.Contains("cut off", (await _bob.R2Async("connect", ticket[..^2])).FailsWith(2), StringComparison.Ordinal);
    }
}
