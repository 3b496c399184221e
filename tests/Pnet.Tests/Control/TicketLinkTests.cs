using Pnet.Addressing;
using Pnet.Control;
using Pnet.Frames;
using Pnet.Services.Tickets;
using Pnet.Tests.Links;
using Pnet.Tests.Services;

namespace Pnet.Tests.Control;

/// <summary>Tickets between whole nodes: where they lead, and what becomes of an issuer that doesn't keep to the rules.</summary>
public sealed class TicketLinkTests : NodesTest
{
    [Theory]
    [InlineData("tcp://*:0")]
    [InlineData("tcp://0.0.0.0:0")]
    public async Task A_node_that_listens_at_any_address_gives_out_those_of_its_machine(string listening)
    {
        var alice = await Nodes.StartAsync("alice", o => o with { Listen = [listening] });
        var bob = await Nodes.StartAsync("bob");
        var ticket = await alice.Control.IssueTicketAsync(new TicketRequest()).Soon();
        Assert.All(ticket.Endpoints, endpoint => Assert.DoesNotMatch(@"://(\*|0\.0\.0\.0|\[::\])|:0$", endpoint));
        Assert.Equal("alice", (await bob.Control.ConnectAsync(Ticket.Parse(ticket.ToString())).Soon()).Name);
    }

    [Fact]
    public void An_endpoint_at_any_address_becomes_those_of_its_family()
    {
        var v4 = ReachableEndpoints.Of(["tcp://0.0.0.0:1"]).ToList();
        var v6 = ReachableEndpoints.Of(["tcp://[::]:1"]).ToList();
        Assert.All(v4, endpoint => Assert.DoesNotContain("[", endpoint, StringComparison.Ordinal));
        Assert.All(v6, endpoint => Assert.Contains("[", endpoint, StringComparison.Ordinal));
        Assert.Equal(v4.Concat(v6).Order(), ReachableEndpoints.Of(["tcp://*:1"]).Order());
        Assert.Equal(["tcp://example.com:1", "tcp://127.0.0.1:1", "unix:///x"], ReachableEndpoints.Of(["unix:///x", "tcp://127.0.0.1:1", "tcp://example.com:1"]));
    }

    [Theory]
    [InlineData("tcp://*:47210")]
    [InlineData("tcp://0.0.0.0:47210")]
    [InlineData("tcp://[::]:47210")]
    [InlineData("tcp://example.com:0")]
    public async Task No_ticket_is_given_out_for_an_endpoint_that_nobody_can_dial(string endpoint)
    {
        var alice = await Nodes.StartAsync("alice");
        var failure = await Assert.ThrowsAsync<FormatException>(async () => await alice.Control.IssueTicketAsync(new TicketRequest { Endpoints = [endpoint] }).Soon());
        Assert.Contains("nobody can dial", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_node_at_the_ticket_s_endpoint_is_found_out()
    {
        var alice = await Nodes.StartAsync("alice", o => o with { Listen = ["tcp://127.0.0.1:0"] });
        var bob = await Nodes.StartAsync("bob");
        var carol = await Nodes.StartAsync("carol", o => o with { Listen = ["tcp://127.0.0.1:0"] });
        var endpoint = (await carol.Control.GetListenersAsync().Soon())[0].Endpoint;
        var ticket = await alice.Control.IssueTicketAsync(new TicketRequest { Endpoints = [endpoint], OneTime = true }).Soon();
        await bob.Control.ConnectAsync(ticket).FailsAsync(PnetError.IdentityMismatch);
        Assert.Empty(await bob.Control.GetPeersAsync().Soon());
    }

    [Fact]
    public async Task An_issuer_that_never_answers_to_the_secret_is_given_up()
    {
        var bob = await Nodes.StartAsync("bob");
        var (_, mute) = await Nodes.AddStrangerAsync(bob);
        var forged = new Ticket(mute, ["tcp://127.0.0.1:1"], new byte[Ticket.SecretSize]);
        await bob.Control.ConnectAsync(forged, new ConnectRequest { Transport = "", Timeout = TimeSpan.FromSeconds(1) }).FailsAsync(PnetError.TimedOut, "did not answer to the ticket");
    }

    [Fact]
    public async Task A_stranger_with_a_made_up_secret_stays_one()
    {
        var alice = await Nodes.StartAsync("alice");
        var (caller, stranger) = await Nodes.AddStrangerAsync(alice);
        var channel = await caller.OpenAsync(FrameAddress.OfService(TicketService.ServiceName), default).Soon();
        await channel.WriteAsync(new byte[Ticket.SecretSize]).Soon();
        await channel.ReadAsync(new byte[1]).AsTask().FailsAsync(PnetError.Refused, "no ticket of this node");
        Assert.DoesNotContain(await alice.Control.GetAccessAsync().Soon(), entry => entry.Id == stranger);
    }
}
