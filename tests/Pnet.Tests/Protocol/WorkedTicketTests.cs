using Pnet.Addressing;

namespace Pnet.Tests.Protocol;

public sealed class WorkedTicketTests
{
    [Fact]
    public void The_worked_tickets_of_the_protocol_are_what_nodes_give_out()
    {
        var alice = NodeId.Parse("AeCay3e1f655zo3CiKVQQBuciR9sBbUEwYeCU3wEW8rr");
        var secret = Enumerable.Range(0, Ticket.SecretSize).Select(i => (byte)i).ToArray();
        var open = new Ticket(alice, ["tcp://192.0.2.1:47210"]);
        var once = new Ticket(alice, ["tcp://192.0.2.1:47210", "tcp://[2001:db8::1]:47210"], secret, DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        new DocumentBlock("docs/protocol.md", "worked-tickets").AssertIs(
            $"alice at one endpoint\n{Lines(open)}\nthe same, once, with the secret 00 01 … 0f, until 1800000000, at two endpoints\n{Lines(once)}\n");
    }

    private static string Lines(Ticket ticket) => string.Join('\n', ticket.ToString().Chunk(64).Select(part => $"    {new string(part)}"));
}
