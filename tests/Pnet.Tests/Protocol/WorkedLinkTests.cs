using Pnet.Addressing;
using Pnet.Crypto;
using Pnet.Frames;

namespace Pnet.Tests.Protocol;

public sealed class WorkedLinkTests : IDisposable
{
    private static readonly NodeId Carol = NodeId.Parse("6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC");

    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(30));

    private CancellationToken Token => _timeout.Token;

    public void Dispose() => _timeout.Dispose();

    [Fact]
    public async Task The_worked_link_of_the_protocol_is_what_nodes_send()
    {
        await using var link = new WorkedLink();
        await link.ShakeHandsAsync(Token);
        await link.AliceSendsAsync(Token, WorkedFrame.KeepAlive(0, 0x0102030405060708));
        await link.BobSendsAsync(Token, WorkedFrame.KeepAlive(0, 0x1112131415161718), WorkedFrame.KeepAlive(1, 0x0102030405060708));
        await link.AliceSendsAsync(Token,
            WorkedFrame.KeepAlive(1, 0x1112131415161718),
            WorkedFrame.Bind(1, FrameAddress.To(Carol), $"to node {Carol}"),
            WorkedFrame.Data(Operation.RouteTo, 1, "hello"));
        await link.BobSendsAsync(Token,
            WorkedFrame.Credit(1, 0, "accepted"),
            WorkedFrame.Data(Operation.RoutedFrom, 1, "HELLO"),
            WorkedFrame.Credit(1, 65536, "64 KiB more"),
            WorkedFrame.Bind(2, FrameAddress.From(Carol), $"from node {Carol}"),
            WorkedFrame.Data(Operation.RoutedFrom, 2, "are you there?"));
        await link.AliceSendsAsync(Token,
            WorkedFrame.WithReason(Operation.Reset, 2, new Reason(ReasonCode.Refused, "not now")),
            WorkedFrame.End(1, null),
            WorkedFrame.Bind(3, FrameAddress.OfService("tunnel"), "service \"tunnel\" of bob"));
        await link.BobSendsAsync(Token,
            WorkedFrame.End(1, 7),
            WorkedFrame.WithReason(Operation.Reset, 3, new Reason(ReasonCode.NotFound, "no service \"tunnel\" is offered")));
        await link.AliceSendsAsync(Token,
            WorkedFrame.WithReason(Operation.Goodbye, 0, new Reason(ReasonCode.Closed, "closed")));
        new DocumentBlock("docs/protocol.md", "worked-link").AssertIs(link.Text);
    }

    [Fact]
    public async Task The_worked_link_with_a_network_key_is_what_nodes_send()
    {
        await using var link = new WorkedLink(NetworkKey.FromBytes(Enumerable.Repeat((byte)0xC0, NetworkKey.Size).ToArray()));
        await link.ShakeHandsAsync(Token);
        await link.AliceSendsAsync(Token, WorkedFrame.KeepAlive(0, 0x0102030405060708));
        await link.BobSendsAsync(Token, WorkedFrame.KeepAlive(0, 0x1112131415161718), WorkedFrame.KeepAlive(1, 0x0102030405060708));
        new DocumentBlock("docs/protocol.md", "worked-link-with-network-key").AssertIs(link.Text);
    }

    [Fact]
    public async Task The_worked_link_of_a_manager_is_what_a_manager_and_its_node_send()
    {
        await using var link = new WorkedLink(marked: true);
        await link.ShakeHandsAsync(Token);
        await link.AliceSendsAsync(Token, WorkedFrame.KeepAlive(0, 0x0102030405060708), WorkedFrame.Clear());
        await link.BobSendsAsync(Token, WorkedFrame.KeepAlive(0, 0x1112131415161718), WorkedFrame.Clear());
        await link.BobSendsAsync(Token, WorkedFrame.KeepAlive(1, 0x0102030405060708));
        await link.AliceSendsAsync(Token,
            WorkedFrame.KeepAlive(1, 0x1112131415161718),
            WorkedFrame.Bind(1, FrameAddress.OfService("control"), "service \"control\" of bob"),
            WorkedFrame.Data(Operation.RouteTo, 1, "{\"method\":\"stop\"}\n") with { Meaning = "{\"method\":\"stop\"} and a line feed" });
        new DocumentBlock("docs/protocol.md", "worked-link-of-a-manager").AssertIs(link.Text);
    }
}
